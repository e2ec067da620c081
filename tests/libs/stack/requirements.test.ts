import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { test } from 'tap'
import type { Test } from 'tap'
import { StackError } from '#libs/stack/errors.js'
import type { StackErrorCode } from '#libs/stack/errors.js'
import { openStack } from '#libs/stack/open-stack.js'
import { findFreePort } from '#libs/stack/ports.js'
import { checkNodeVersion, checkPorts, checkRequirements } from '#libs/stack/requirements.js'
import { failureOf } from './expect.js'

const asRoot = process.getuid?.() === 0

test('a machine that has everything', async (t) => {
  const { java, postgresUser } = await checkRequirements(requirements(t))
  t.match(java, /\/java$/)
  t.equal(postgresUser?.name, asRoot ? 'postgres' : undefined)
})

test('no Java: says so in one sentence, and nothing is half-started', async (t) => {
  const dir = path.join(t.testdir(), 'stack')
  const error = await failureOf(openStack({ dir, env: { PATH: '/nowhere' } }))
  t.ok(error instanceof StackError)
  t.equal((error as StackError).code, 'JAVA_MISSING')
  t.match(
    (error as StackError).message,
    'There is no java on the PATH, and JAVA_HOME is not set. Install a JDK, 17 or newer, and put java on the PATH',
  )
  t.equal(existsSync(dir), false)
})

test('a JAVA_HOME without Java goes before a PATH with one, as it does for Maven', async (t) => {
  const env = { ...process.env, JAVA_HOME: '/nowhere' }
  t.same(await codesOf(requirements(t, { env })), ['JAVA_MISSING'])
})

test('a Java that is too old', async (t) => {
  for (const version of ['11.0.2', '1.8.0_402']) {
    const env = { PATH: directoryWith(t, { java: `#!/bin/sh\necho 'openjdk version "${version}"' >&2` }) }
    t.same(await codesOf(requirements(t, { env, needs: { kafka: true, postgres: false } })), [
      'JAVA_TOO_OLD',
      'MAVEN_MISSING',
    ])
  }
})

test('a java that only says where to get one', async (t) => {
  const env = { PATH: directoryWith(t, { java: `#!/bin/sh\necho 'Unable to locate a Java Runtime.'; exit 1` }) }
  const error = await failureOf(checkRequirements(requirements(t, { env })))
  t.match((error as StackError).faults[0], { code: 'JAVA_MISSING', detail: /Unable to locate/ })
})

test('Maven is missed only where the jars are not there yet', async (t) => {
  const java = `#!/bin/sh\necho 'openjdk version "21.0.1"' >&2`
  const env = { PATH: directoryWith(t, { java }) }
  t.same(await codesOf(requirements(t, { env, cacheDirectory: '/nowhere' })), ['MAVEN_MISSING'])
})

test('a full disk', async (t) => {
  t.same(await codesOf(requirements(t, { freeBytesMin: Number.MAX_SAFE_INTEGER })), ['DISK_FULL'])
})

test('only root needs another user for PostgreSQL', async (t) => {
  const check = checkRequirements(requirements(t, { postgresUserName: 'nobody-of-that-name' }))
  t.equal(((await failureOf(check)) as StackError | undefined)?.code, asRoot ? 'POSTGRES_USER_MISSING' : undefined)
})

test('several things missing are named at once', async (t) => {
  const faults = await codesOf(requirements(t, { env: { PATH: '/nowhere' }, freeBytesMin: Number.MAX_SAFE_INTEGER }))
  t.same(faults, ['JAVA_MISSING', 'MAVEN_MISSING', 'DISK_FULL'])
})

test('Node.js 20.20 is the oldest', (t) => {
  t.equal(checkNodeVersion('20.20.0'), undefined)
  t.equal(checkNodeVersion('24.1.0'), undefined)
  t.equal(checkNodeVersion('20.19.5')?.code, 'NODE_TOO_OLD')
  t.equal(checkNodeVersion('18.20.8')?.code, 'NODE_TOO_OLD')
  t.end()
})

test('a port on which someone listens, on whatever interface', async (t) => {
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const port = await findFreePort()
    await checkPorts([{ name: 'Kafka', port }])
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, host, resolve))
    const error = await failureOf(checkPorts([{ name: 'Kafka', port }]))
    t.match(error, { code: 'PORT_TAKEN', message: new RegExp(`Port ${port} on 127.0.0.1, which Kafka`) })
    await new Promise((resolve) => server.close(resolve))
  }
})

test('a stack whose port is taken starts nothing', async (t) => {
  const port = await findFreePort()
  const server = createServer().listen(port, '127.0.0.1')
  t.teardown(() => server.close())
  const dir = path.join(t.testdir(), 'stack')
  const error = await failureOf(openStack({ dir, kafkaPort: port }))
  t.equal((error as StackError).code, 'PORT_TAKEN')
  t.same(readdirSync(path.join(dir, 'run', 'claims')), [])
  t.equal(existsSync(path.join(dir, 'logs')), false)
})

type Requirements = Parameters<typeof checkRequirements>[0]

/** Those of a stack with both, on this machine as it is; jars are taken as not there. */
function requirements(t: Test, changed: Partial<Requirements> = {}): Requirements {
  return {
    dir: path.join(t.testdirName, 'not-there-yet'),
    cacheDirectory: path.join(t.testdirName, 'no-jars'),
    env: process.env,
    needs: { kafka: true, postgres: true },
    ...changed,
  }
}

async function codesOf(options: Requirements): Promise<StackErrorCode[]> {
  const error = await failureOf(checkRequirements(options))
  if (!(error instanceof StackError)) throw new Error('Nothing was missing.')
  return error.faults.map(({ code }) => code)
}

/** A directory for the PATH, with these scripts in it. */
function directoryWith(t: Test, scripts: Record<string, string>): string {
  const directory = t.testdir()
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(path.join(directory, name), script, { mode: 0o755 })
  }
  return directory
}
