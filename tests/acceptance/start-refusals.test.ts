import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { exitOf, ledgerPlace, runStart } from './ledger-process.js'

/** What is missing gets one sentence that says what to install or set; exit code 1, nothing half-started. */
t.setTimeout(120_000)

async function refusal(t: Test, env: NodeJS.ProcessEnv): Promise<string[]> {
  const place = await ledgerPlace(t)
  const { child, output } = runStart({ ...place.env, ...env })
  t.equal(await exitOf(child), 1, 'exit code')
  const running = path.join(place.dir, 'run')
  const left = existsSync(running) ? readdirSync(running).filter((name) => name.endsWith('.json')) : []
  t.strictSame(left, [], 'nothing is left running')
  const lines = output().trim().split('\n')
  t.notMatch(output(), /^\s+at /m, 'no stack of calls')
  return lines
}

/** A PATH with what the project itself needs, and nothing else. */
function bareRun(t: Test, ...also: string[]): string {
  const dir = t.testdir()
  mkdirSync(path.join(dir, 'bin'))
  for (const name of ['sh', 'sleep', 'kill', 'getent', 'id', ...also]) {
    const real = (process.env.PATH ?? '')
      .split(':')
      .map((folder) => path.join(folder, name))
      .find(existsSync)
    if (real !== undefined) symlinkSync(real, path.join(dir, 'bin', name))
  }
  return path.join(dir, 'bin')
}

await t.test('no Java', async (t) => {
  const lines = await refusal(t, { PATH: bareRun(t), JAVA_HOME: '' })
  t.match(lines.at(-1), /Install a JDK, 17 or newer/)
})

await t.test('a Java that is too old', async (t) => {
  const bin = bareRun(t)
  writeFileSync(path.join(bin, 'java'), '#!/bin/sh\necho \'openjdk version "11.0.2" 2019-01-15\' >&2\n', {
    mode: 0o755,
  })
  const lines = await refusal(t, { PATH: bin, JAVA_HOME: '' })
  t.match(lines.at(-1), /11\.0\.2.*Install a JDK, 17 or newer/)
})

await t.test('a port that is taken', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const lines = await refusal(t, { API_PORT: String(port) })
  t.match(lines.at(-1), new RegExp(`Port ${port} .*API_PORT.*taken`))
})

await t.test('an environment that makes no sense lists every mistake', async (t) => {
  const lines = await refusal(t, { API_PORT: 'four thousand', INTAKE_PORT: '70000' })
  t.match(lines.join('\n'), /API_PORT: .*\nINTAKE_PORT: /)
})

await t.test('a Kafka or a PostgreSQL that does not answer', async (t) => {
  const elsewhere = { KAFKA_BROKERS: '127.0.0.1:1', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' }
  const lines = await refusal(t, elsewhere)
  t.match(lines.join('\n'), /(No Kafka answers at 127\.0\.0\.1:1|PostgreSQL at 127\.0\.0\.1:1 cannot be used)/)
})

await t.test('options, of which it has none', async (t) => {
  const place = await ledgerPlace(t)
  const { child, output } = runStart(place.env, '--help')
  t.equal(await exitOf(child), 2, 'exit code')
  t.match(output(), /^npm start takes no options: .* docs\/settings\.md\.\n$/)
})
