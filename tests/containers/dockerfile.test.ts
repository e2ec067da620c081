import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { test, type Test } from 'tap'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { ownServices, readComposeFile, serviceNamed, SERVERS } from './compose-file.js'
import { jsonArguments, lastStage, only, readDockerfile } from './dockerfile.js'

const compose = readComposeFile()

test('the image runs as a user without rights, with production dependencies only', (t) => {
  const [dependencies] = readDockerfile().filter(([from]) => from?.text.endsWith(' AS dependencies'))
  t.match(only(dependencies ?? [], 'RUN').text, /^npm ci --omit=dev --omit=optional /)
  const keywords = lastStage().map(({ keyword }) => keyword)
  t.equal(only(lastStage(), 'USER').text, 'node')
  t.ok(keywords.indexOf('USER') > keywords.lastIndexOf('COPY'), 'nothing that it may write is copied as it')
  t.match(
    lastStage().map(({ text }) => text),
    new Set(['--from=dependencies /app/node_modules node_modules', '--from=build /app/dist dist']),
  )
  t.end()
})

test('what is copied from the tree is there, and .dockerignore lets it through', (t) => {
  const allowed = readFileSync(path.join(PROJECT_DIRECTORY, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  const copied = readDockerfile()
    .flat()
    .filter(({ keyword, text }) => keyword === 'COPY' && !text.startsWith('--from='))
    .flatMap(({ text }) => text.split(' ').slice(0, -1))
  t.ok(copied.length > 0)
  for (const source of copied) {
    t.ok(existsSync(path.join(PROJECT_DIRECTORY, source)), `${source} exists`)
    t.ok(allowed.includes(source), `${source} is let through`)
  }
  t.same([...new Set(copied)].sort(), allowed.sort(), 'nothing is sent to the builder that is not copied')
  t.end()
})

test('the start commands of the image and of each service are files that the build makes', (t) => {
  t.same(jsonArguments(only(lastStage(), 'ENTRYPOINT')), ['node'])
  const commands: [name: string, command: readonly string[]][] = [
    ['image', jsonArguments(only(lastStage(), 'CMD'))],
    ...ownServices(compose).map(([name, { command = [] }]): [string, readonly string[]] => [name, command]),
  ]
  for (const [name, command] of commands) {
    // node's own options may stand before the file
    const file = command.find((word) => !word.startsWith('--')) ?? ''
    const source = path.join(PROJECT_DIRECTORY, file.replace(/^dist\//, '').replace(/\.js$/, '.ts'))
    t.ok(existsSync(source), `${name}: ${file} has a source`)
    t.ok(existsSync(path.join(PROJECT_DIRECTORY, file)), `${name}: ${file} is built`)
  }
  t.end()
})

test('the health check of the image and of each service is 0 for 200, and 1 for 503 and for no answer', async (t) => {
  const checks = [
    jsonArguments(only(lastStage(), 'HEALTHCHECK')),
    ...SERVERS.map((name) => serviceNamed(compose, name).healthcheck?.test?.slice(1) ?? []),
  ]
  const answering = await listen(t)
  for (const check of checks) {
    t.equal(await exitCodeOf(check, `${answering}/200`), 0, '200')
    t.equal(await exitCodeOf(check, `${answering}/503`), 1, '503')
    t.equal(await exitCodeOf(check, 'http://127.0.0.1:9/health/ready'), 1, 'refused')
  }
})

/** Answers with the status that the path names. */
async function listen(t: Test): Promise<string> {
  const server = createServer((request, response) => {
    response.statusCode = Number(request.url?.slice(1))
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function exitCodeOf([command = '', ...args]: readonly string[], url: string): Promise<unknown> {
  const child = spawn(command, args, { env: { ...process.env, HEALTH_URL: url }, stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}
