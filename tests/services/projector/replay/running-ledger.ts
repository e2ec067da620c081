import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import type { Test } from 'tap'
import { encodeEvent } from '#libs/contracts/cloud-event.js'
import { topicOfType, type EventOf, type EventType } from '#libs/contracts/events.js'
import { SOURCE_TOPIC_ROLES, type SourceTopicRole } from '#libs/contracts/topics.js'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { openPublisher } from '#libs/kafka/publisher.js'
import { endOffsets, ensureTopics } from '#libs/kafka/topics.js'
import { connect } from '#libs/postgres/database.js'
import { migrate } from '#libs/postgres/migrate.js'
import { testStack } from '#tests/stack.js'
import { readModel } from '../read-model.js'
import { ended, type CommandResult } from './command-result.js'

const PROJECTOR = fileURLToPath(new URL('../../../../services/projector/server.js', import.meta.url))
const LEDGER = fileURLToPath(new URL('../../../../services/operator/main.js', import.meta.url))

const REPLAY = fileURLToPath(new URL('../../../../services/projector/replay/main.js', import.meta.url))

/** Kafka, Postgres and a projector that runs; events go straight on the topics. All of it is taken down when `t` ends. */
export interface RunningLedger {
  readonly databaseUrl: string
  /** As its services read it. */
  readonly env: Readonly<Record<string, string>>
  readonly client: pg.Client
  publish(events: readonly EventOf<EventType>[]): Promise<void>
  /** Any bytes on any partition. @returns the offset */
  put(topic: SourceTopicRole, partition: number, key: string, value: string | Buffer | null): Promise<number>
  /** Waits until the live generation has read all that is on the topics. */
  untilProjected(): Promise<void>
  /** Runs `ledger` as a process of its own. */
  ledger(...args: string[]): Promise<CommandResult>
  /** The same, without waiting for its end. */
  start(...args: string[]): ChildProcess
  /** The process behind it, to be killed. @param env what it is to be told otherwise */
  startReplay(env?: NodeJS.ProcessEnv): ChildProcess
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>
  /** All that a generation says, table by table. */
  modelOf(generation: number): ReturnType<typeof readModel>
  readonly projector: {
    /** @param env what it is to be told otherwise */
    restart(env: NodeJS.ProcessEnv): Promise<void>
    /** Until it is restarted. */
    stop(): Promise<void>
  }
}

export const runLedger = async (t: Test): Promise<RunningLedger> => {
  const { brokers, databaseUrl, topicPrefix } = await testStack(t)
  const config = { url: databaseUrl, poolSizeMax: 2, statementMsMax: 60_000, connectMsMax: 5_000 }
  const client = await connect(config, { applicationName: 'ledger tests', onIdleError: () => undefined })
  await migrate(client)
  const kafka = await connectKafka({ brokers, clientId: 'tests', topicPrefix, ssl: false })
  await ensureTopics(kafka, SOURCE_TOPIC_ROLES)
  const publisher = await openPublisher(kafka)
  const own = {
    KAFKA_BROKERS: brokers.join(','),
    DATABASE_URL: databaseUrl,
    TOPIC_PREFIX: topicPrefix,
    PROJECTOR_PORT: '0',
    RELAY: 'off',
    LOG_LEVEL: 'warn',
    BATCH_RECORDS_MAX: '300',
  }
  const env = { ...process.env, ...own }
  let projector = spawnProjector(env)
  t.teardown(async () => {
    projector.kill('SIGKILL')
    await publisher.close()
    await kafka.close()
    await client.end()
  })
  const start = (...args: string[]) =>
    spawn(process.execPath, [LEDGER, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const startReplay = (more: NodeJS.ProcessEnv = {}) =>
    spawn(process.execPath, [REPLAY, 'replay'], { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] })
  const rows = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await client.query<Row>(sql, values)).rows
  return {
    databaseUrl,
    env: own,
    client,
    start,
    startReplay,
    rows,
    publish: async (events) => {
      for (let from = 0; from < events.length; from += 200)
        await Promise.all(
          events.slice(from, from + 200).map((one) =>
            publisher.publish({
              topicRole: topicOfType(one.type) ?? 'statements',
              key: one.partitionkey,
              value: encodeEvent(one as never),
            }),
          ),
        )
    },
    put: (topic, partition, key, value) => putRaw(kafka, topic, partition, key, value),
    untilProjected: () => untilProjected(kafka, client),
    ledger: (...args) => ended(start(...args)),
    modelOf: async (generation) => {
      await client.query(`set search_path to generation_${generation}, ledger`)
      try {
        return await readModel({ rows })
      } finally {
        await client.query('reset search_path')
      }
    },
    projector: {
      stop: () => stopInOrder(projector),
      restart: async (more) => {
        await stopInOrder(projector)
        projector = spawnProjector({ ...env, ...more })
      },
    },
  }
}

const spawnProjector = (env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [PROJECTOR], { env, stdio: ['ignore', 'ignore', 'inherit'] })

const stopInOrder = async (projector: ChildProcess): Promise<void> => {
  if (projector.exitCode !== null || projector.signalCode !== null) return
  const exit = once(projector, 'exit')
  projector.kill('SIGTERM')
  await exit
}

const putRaw = async (
  kafka: KafkaConnection,
  topic: SourceTopicRole,
  partition: number,
  key: string,
  value: string | Buffer | null,
): Promise<number> => {
  const producer = kafka.client.producer()
  await producer.connect()
  try {
    const [sent] = await producer.send({ topic: kafka.topicName(topic), messages: [{ partition, key, value }] })
    return Number(sent?.baseOffset)
  } finally {
    await producer.disconnect()
  }
}

const untilProjected = async (kafka: KafkaConnection, client: pg.Client): Promise<void> => {
  const ends = await endOffsets(kafka, SOURCE_TOPIC_ROLES)
  for (let attempt = 0; attempt < 600; attempt++) {
    const { rows } = await client.query<{ key: string; next: number }>(LIVE_CHECKPOINTS)
    const reached = new Map(rows.map(({ key, next }) => [key, next]))
    if ([...ends].every(([key, end]) => Number(end) <= (reached.get(key) ?? 0))) return
    await setTimeout(100)
  }
  throw new Error('the projector did not reach the ends of the topics within a minute')
}

const LIVE_CHECKPOINTS = `
  select topic || '/' || partition as key,
         next_offset as next
    from ledger.checkpoint
    join ledger.generation on generation.id = checkpoint.generation
   where generation.status = 'live'`
