import { setMaxListeners } from 'node:events'
import { mkdirSync, mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SOURCE_TOPIC_ROLES } from '#libs/contracts/topics.js'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { endOffsets, ensureTopics } from '#libs/kafka/topics.js'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { connect } from '#libs/postgres/database.js'
import { migrate } from '#libs/postgres/migrate.js'
import { openStack, removeStack, type Stack } from '#libs/stack/open-stack.js'
import { findFreePort } from '#libs/stack/ports.js'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { superviseProcess, type ProcessEvent, type SupervisedProcess } from '#libs/stack/supervise.js'
import { DatabaseSession } from '#services/projector/database-session.js'

/** The processes of ours that are killed. The projector does not relay: each is to be killed without the other. */
export type ProcessName = 'projector' | 'relay'

/** Kafka, Postgres, projector and relay, all of one's own and all to be killed. Leaving the scope removes everything. */
export interface FaultyLedger extends AsyncDisposable {
  readonly stack: Stack
  readonly kafka: KafkaConnection
  /** As its services and `ledger` read it. */
  readonly env: NodeJS.ProcessEnv
  /** Aborted when all of it is to stop: what waits then throws, so that the scope is left. */
  readonly signal: AbortSignal
  /** What ended though nobody had killed it, and what it said last. */
  readonly deaths: string[]
  readonly projector: SupervisedProcess
  readonly projectorUrl: string
  /** kill -9, and started again: resolves when it is ready. Kafka and Postgres as well. */
  killAndRestart(name: ProcessName | 'kafka' | 'postgres'): Promise<void>
  /** A second projector, ready: the group has given it partitions. */
  startSecondProjector(): Promise<SupervisedProcess>
  /** From now on that one is the projector; the one before is stopped in order. */
  replaceProjector(by: SupervisedProcess): Promise<void>
  /** On one session, made anew where Postgres was killed: a query is asked again until it answers. */
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>
  /** How many records of all partitions the live generation has read. */
  projectedRecords(): Promise<number>
  /** Waits until the live generation has read all that is on the topics, and the outbox is empty. */
  untilQuiet(): Promise<void>
}

export const openFaultyLedger = async (signal: AbortSignal): Promise<FaultyLedger> => {
  const resources = closeInReverse()
  try {
    return await open(resources, signal)
  } catch (error) {
    await resources[Symbol.asyncDispose]()
    throw error
  }
}

const open = async (resources: ReturnType<typeof closeInReverse>, signal: AbortSignal): Promise<FaultyLedger> => {
  // each process that is started listens, and those of a long run are many
  setMaxListeners(0, signal)
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-faults-'))
  resources.defer('The directory', () => removeStack(dir), { closeMsMax: 30_000 })
  const stack = resources.add(await openStack({ dir, restartsMax: 0, signal }), { closeMsMax: 60_000 })
  const { kafkaBrokers: brokers, databaseUrl: url } = stack
  const database = { url, poolSizeMax: 2, statementMsMax: 120_000, connectMsMax: 5_000 }
  const options = { applicationName: 'ledger faults', onIdleError: () => undefined }
  const client = await connect(database, options)
  await migrate(client)
  await client.end()
  const kafka = resources.add(await connectKafka({ brokers, clientId: 'faults', topicPrefix: '', ssl: false }))
  await ensureTopics(kafka)
  const session = resources.add(new DatabaseSession(database, options), { name: 'The session' })

  const deaths: string[] = []
  const killed = new Set<string>()
  const onEvent = (event: ProcessEvent) => {
    if (event.kind === 'exited' && !killed.delete(event.name))
      deaths.push(`${event.name} ended by itself: ${event.how}\n${event.lastLines.join('\n')}`)
  }
  const env = { ...process.env, ...environment(brokers, url) }
  const start = async (name: ProcessName, more = '') => {
    const { process, port } = await startProcess({ dir, script: name, name: `${name}${more}`, env, onEvent, signal })
    resources.add(process, { name: process.name, closeMsMax: 20_000 })
    return { process, port }
  }
  const [relay, first] = await Promise.all([start('relay'), start('projector')])
  let projector = first
  let seconds = 0
  let second: typeof first | undefined

  const rows = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    await untilDone(async () => {
      try {
        return (await (await session.client()).query<Row>(sql, values)).rows
      } catch (error) {
        await session.renew()
        throw error
      }
    }, signal)
  return {
    stack,
    kafka,
    env,
    signal,
    deaths,
    rows,
    get projector() {
      return projector.process
    },
    get projectorUrl() {
      return `http://127.0.0.1:${projector.port}`
    },
    killAndRestart: async (name) => {
      if (name === 'kafka' || name === 'postgres') {
        await stack[name].kill('SIGKILL')
        return await stack[name].restart()
      }
      const { process } = name === 'relay' ? relay : projector
      killed.add(process.name)
      await process.kill('SIGKILL')
      await process.restart()
    },
    startSecondProjector: async () => {
      second = await start('projector', `-${++seconds}`)
      return second.process
    },
    replaceProjector: async (by) => {
      const before = projector.process
      if (second?.process !== by) throw new Error('it is not the second projector')
      projector = second
      await before.stop()
    },
    projectedRecords: async () => (await rows<{ n: number }>(COUNT_PROJECTED))[0]?.n ?? 0,
    untilQuiet: async () => {
      const ends = await untilDone(() => endOffsets(kafka, SOURCE_TOPIC_ROLES), signal)
      const end = [...ends.values()].reduce((sum, one) => sum + Number(one), 0)
      await until(
        async () => (await rows<{ n: number }>(COUNT_PROJECTED))[0]?.n === end,
        'all of it is projected',
        signal,
      )
      await until(async () => (await rows<{ n: number }>(COUNT_UNPUBLISHED))[0]?.n === 0, 'the outbox is empty', signal)
    },
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  }
}

const environment = (brokers: readonly string[], databaseUrl: string) => ({
  KAFKA_BROKERS: brokers.join(','),
  DATABASE_URL: databaseUrl,
  TOPIC_PREFIX: '',
  RELAY: 'off',
  LOG_LEVEL: 'warn',
  // small batches and transactions, so that a kill meets every part of one
  BATCH_RECORDS_MAX: '200',
  RELAY_BATCH_ROWS_MAX: '6',
  // what a stopped process holds is let go after so long
  DATABASE_STATEMENT_MS_MAX: '10000',
})

const SCRIPTS = { projector: 'projector/server.js', relay: 'projector/relay/server.js' }

interface ProcessToStart {
  readonly dir: string
  readonly script: ProcessName
  readonly name: string
  readonly env: NodeJS.ProcessEnv
  readonly onEvent: (event: ProcessEvent) => void
  readonly signal: AbortSignal
}

const startProcess = async ({ dir, script, name, env, onEvent, signal }: ProcessToStart) => {
  mkdirSync(path.join(dir, 'logs'), { recursive: true })
  const port = await findFreePort()
  const process = await superviseProcess({
    name,
    command: globalThis.process.execPath,
    args: ['--enable-source-maps', path.join(PROJECT_DIRECTORY, 'dist', 'services', SCRIPTS[script])],
    env: { ...env, PROJECTOR_PORT: String(port), RELAY_PORT: String(port) },
    logFile: path.join(dir, 'logs', `${name}.log`),
    readyWhen: { check: () => isReady(port) },
    readyMsMax: 120_000,
    stopMsMax: 15_000,
    // we start it again ourselves: what ends otherwise is a fault
    restartsMax: 0,
    onEvent,
    signal,
  })
  return { process, port }
}

const isReady = async (port: number): Promise<boolean> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

const COUNT_PROJECTED = `
  select coalesce(sum(next_offset), 0)::bigint as n
    from ledger.checkpoint
    join ledger.generation on generation.id = checkpoint.generation
   where generation.status = 'live'`

const COUNT_UNPUBLISHED = `
  select count(*)::int as n
    from ledger.outbox
   where published_at is null`

/** A bound that only a failure meets. */
const WAIT_MS_MAX = 300_000

/**
 * Waits until something holds. @param what it is, for the message of the failure
 * @throws what `signal` was aborted with
 */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  what: string,
  signal?: AbortSignal,
): Promise<void> => {
  for (const end = performance.now() + WAIT_MS_MAX; !(await holds()); await sleep(10, undefined, { signal }))
    if (performance.now() > end) throw new Error(`not within ${WAIT_MS_MAX / 1_000} s: ${what}`)
}

/** Tries again what fails while Kafka or Postgres is away. @throws what `signal` was aborted with */
export const untilDone = async <T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  for (const end = performance.now() + WAIT_MS_MAX; ; await sleep(100, undefined, { signal })) {
    signal?.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > end) throw error
    }
  }
}
