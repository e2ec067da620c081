import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { checkTopics, ensureTopics } from '#libs/kafka/topics.js'
import { openStack, removeStack } from '#libs/stack/open-stack.js'
import type { Stack } from '#libs/stack/open-stack.js'
import { identifyProcess } from '#libs/stack/processes/process-identity.js'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { readStackFile } from '#libs/stack/stack-file.js'
import { failureOf } from './expect.js'

// One life of one stack, each chapter on what the one before left: a start costs seconds.
const dir = mkdtempSync(path.join(os.tmpdir(), 'stack-test-'))
t.teardown(() => removeStack(dir))
t.setTimeout(180_000) // a bound for a busy machine; about 20 s is usual

let stack: Stack

t.test('a first start: both serve, on loopback, with a password that only the owner can read', async (t) => {
  stack = await openStack({ dir, restartsMax: 0 })
  t.match(stack.kafkaBrokers, [/^127\.0\.0\.1:\d+$/])
  await query(stack, 'create table kept (statement text)')
  await query(stack, `insert into kept values ('first')`)
  t.equal(await ask(stack, 'show server_version_num').then((version) => version.slice(0, 2)), '18')
  t.equal(await ask(stack, `select string_agg(c, '' order by c) from unnest(array['b', 'ä', 'B', 'a']) c`), 'Babä')
  await withTopics(stack, ensureTopics)
  t.equal(statSync(path.join(dir, 'stack.json')).mode & 0o077, 0)
  t.equal(statSync(path.join(dir, 'postgres.password')).mode & 0o077, 0)
  t.match(await failureOf(ask(withPassword(stack, 'guessed'), 'select 1')), { code: '28P01' })
})

t.test('a second one in the same directory is refused, and the first goes on', async (t) => {
  const error = await failureOf(openStack({ dir }))
  t.match(error, { code: 'STACK_RUNNING', message: new RegExp(`process ${process.pid}\\b`) })
  t.equal(await ask(stack, 'select statement from kept'), 'first')
})

t.test('kill -9 of both, then restart: same ports, same data', async (t) => {
  const before = [stack.kafka.pid, stack.postgres.pid]
  await Promise.all([stack.kafka.kill('SIGKILL'), stack.postgres.kill('SIGKILL')])
  t.same([stack.kafka.pid, stack.postgres.pid], [undefined, undefined])
  await Promise.all([stack.kafka.restart(), stack.postgres.restart()])
  t.ok(stack.kafka.pid && stack.postgres.pid)
  t.notSame([stack.kafka.pid, stack.postgres.pid], before)
  await hasKept(t, stack)
})

t.test('stopped, nothing of it runs; started again it finds its data and its ports, whatever lay about', async (t) => {
  const pids = [stack.kafka.pid, stack.postgres.pid]
  const { kafkaBrokers, databaseUrl } = stack
  await stack[Symbol.asyncDispose]()
  t.same(
    pids.map((pid) => identifyProcess(pid ?? 0)),
    [undefined, undefined],
  )
  leaveStaleFiles()
  stack = await openStack({ dir, restartsMax: 0 })
  t.same([stack.kafkaBrokers, stack.databaseUrl], [kafkaBrokers, databaseUrl])
  await hasKept(t, stack)
  await stack[Symbol.asyncDispose]()
})

t.test('what still runs when a next start comes is stopped, and its data found', async (t) => {
  const { parent, pids } = await startCommand(t)
  for (const pid of pids) process.kill(pid, 'SIGSTOP') // so that the guards do not succeed before we come
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  const said: string[] = []
  stack = await openStack({ dir, restartsMax: 0, log: (sentence) => said.push(sentence) })
  t.equal(said.filter((sentence) => sentence.includes('that an earlier run had left behind')).length, 2)
  await hasKept(t, stack)
  await stack[Symbol.asyncDispose]()
})

t.test('asked to stop while it starts, it leaves nothing running', async (t) => {
  const error = await failureOf(openStack({ dir, signal: AbortSignal.timeout(500) }))
  t.match(error, { code: 'STOPPED_WHILE_STARTING' })
  await removeStack(dir)
})

async function hasKept(t: Test, stack: Stack): Promise<void> {
  t.equal(await ask(stack, 'select statement from kept'), 'first')
  await t.resolves(withTopics(stack, checkTopics))
}

/** Locks of processes that are gone, and one whose pid is now ours, as happens in containers. */
function leaveStaleFiles(): void {
  const gone = JSON.stringify({ pid: process.pid, identity: 'an earlier boot/1' })
  for (const file of ['run/claims/gone.json', 'run/kafka.json', 'run/postgres.json']) {
    writeFileSync(path.join(dir, file), gone)
  }
  const data = path.join(dir, 'postgres', 'data')
  const { ports } = readStackFile(dir) ?? { ports: { postgres: 0 } }
  const lock = [process.pid, data, 1_700_000_000, ports.postgres, '', '127.0.0.1', '', 'ready', '']
  writeFileSync(path.join(data, 'postmaster.pid'), lock.join('\n'), { mode: 0o644 })
  writeFileSync(path.join(dir, 'kafka', 'data', '.lock'), '')
}

/** `main.ts` as a process of its own, and the pids of what it runs. */
async function startCommand(t: Test): Promise<{ parent: ReturnType<typeof spawn>; pids: number[] }> {
  const main = path.join(PROJECT_DIRECTORY, 'dist', 'libs', 'stack', 'main.js')
  const parent = spawn(process.execPath, [main, '--dir', dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => parent.kill('SIGKILL'))
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string]
  t.match(JSON.parse(line), { kafkaBrokers: [String], databaseUrl: /^postgres:/ })
  const pids = ['kafka', 'postgres'].map((name) => {
    const noted = JSON.parse(readFileSync(path.join(dir, 'run', `${name}.json`), 'utf8')) as { pid: number }
    return noted.pid
  })
  return { parent, pids }
}

async function query({ databaseUrl }: Pick<Stack, 'databaseUrl'>, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return rows
  } finally {
    await client.end()
  }
}

/** The one value of the one row. */
async function ask(stack: Pick<Stack, 'databaseUrl'>, sql: string): Promise<string> {
  const [row] = await query(stack, sql)
  return String(Object.values(row ?? {})[0])
}

function withPassword({ databaseUrl }: Stack, password: string): Pick<Stack, 'databaseUrl'> {
  const url = new URL(databaseUrl)
  url.password = password
  return { databaseUrl: url.href }
}

async function withTopics(
  { kafkaBrokers }: Stack,
  use: (kafka: Awaited<ReturnType<typeof connectKafka>>) => Promise<unknown>,
): Promise<void> {
  await using kafka = await connectKafka({ brokers: kafkaBrokers, clientId: 'stack-test', topicPrefix: '', ssl: false })
  await use(kafka)
}
