/**
 * Opens /docs of both services in a real Chromium: operations are shown, nothing is refused by the content security policy,
 * and no request leaves this machine. Installs Debian's chromium where there is none. Exit code 1 with what is wrong.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { openApp, SERVICES } from './documents.js'

const CHROMIUM = '/usr/bin/chromium'
const INSTALL = 'apt-get update && apt-get install -y --no-install-recommends chromium'

if (!existsSync(CHROMIUM)) spawnSync('sh', ['-c', INSTALL], { stdio: ['ignore', 'ignore', 'inherit'] })
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
const faults: string[] = []
for (const service of SERVICES) {
  await using running = await openApp(service)
  const address = await running.app.listen({ host: '127.0.0.1', port: 0 })
  const page = await browser.newPage()
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`${service}: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`${service}: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
      faults.push(`${service}: asks ${request.url()}`)
  })
  await page.goto(`${address}/docs`)
  await page.waitForSelector('.opblock', { timeout: 30_000 }).catch(() => faults.push(`${service}: shows no operation`))
  await page.click('.opblock-summary').catch((error: unknown) => faults.push(`${service}: ${String(error)}`))
  await page.waitForSelector('.opblock-body .responses-wrapper', { timeout: 30_000 }).catch(() => {
    faults.push(`${service}: an operation does not open`)
  })
  process.stdout.write(`${service}: ${await page.locator('.opblock').count()} operations are shown\n`)
  await page.close()
}
await browser.close()
for (const fault of faults) process.stderr.write(`${fault}\n`)
process.exitCode = faults.length === 0 ? 0 : 1
