import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import type { FeedItem } from '#libs/contracts/change-feed.js'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { ensureTopics } from '#libs/kafka/topics.js'
import { openPool } from '#libs/postgres/database.js'
import { connect } from '#libs/postgres/database.js'
import { migrate } from '#libs/postgres/migrate.js'
import { buildApi, type ApiApp } from '#services/api/app.js'
import { parseConfig } from '#services/api/config.js'
import { followLedger } from '#services/api/follow-ledger.js'
import { Relay } from '#services/projector/relay/relay.js'
import { until } from '#tests/libs/kafka/kafka.js'
import { openTestProjector, type TestProjector } from '#tests/services/projector/project-log.js'
import { Log } from '#tests/services/projector/records.js'
import { testStack } from '#tests/stack.js'
import { openStream, type EventStream } from './event-stream.js'

/** A ledger from the projection on: its transactions, the relay, the topics, and apis that follow them. */
export interface StreamWorld {
  readonly projector: TestProjector
  /** Projects events; the relay publishes what comes of them. */
  record(...events: readonly EventOf<EventType>[]): Promise<void>
  /** Runs another api on the same ledger. */
  openApi(environment?: Readonly<Record<string, string>>): Promise<RunningApi>
  /** The highest number that was given, once all that was projected has one. */
  newest(): Promise<number>
  /** Publishes what waits until it is closed. */
  startRelay(): Promise<AsyncDisposable>
}

export interface RunningApi {
  readonly url: string
  readonly api: ApiApp
  stream(query?: string, headers?: Readonly<Record<string, string>>): Promise<EventStream>
  /** All of the feed, page by page, as JSON texts. */
  feed(query?: string): Promise<FeedItem[]>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  close(): Promise<void>
}

interface Where {
  readonly brokers: readonly string[]
  readonly databaseUrl: string
  readonly topicPrefix: string
}

/** Everything is taken down when `t` ends. */
export const openStreamWorld = async (t: Test, given?: Where): Promise<StreamWorld> => {
  const { brokers, databaseUrl, topicPrefix } = given ?? (await testStack(t))
  const database = { url: databaseUrl, poolSizeMax: 2, statementMsMax: 30_000, connectMsMax: 5_000 }
  const client = await connect(database, { applicationName: 'ledger tests', onIdleError: () => undefined })
  await migrate(client).finally(() => client.end())
  const kafka = await connectKafka({ brokers, topicPrefix, clientId: 'tests', ssl: false })
  t.teardown(() => kafka.close())
  await ensureTopics(kafka, ['positions', 'changes'])
  const projector = await openTestProjector(database)
  t.teardown(() => projector[Symbol.asyncDispose]())
  const log = new Log()
  const where = { KAFKA_BROKERS: brokers.join(','), DATABASE_URL: databaseUrl, TOPIC_PREFIX: topicPrefix }
  return {
    projector,
    record: async (...events) => {
      await projector.project(log.append(...events))
    },
    openApi: (environment = {}) => openApi(t, { ...where, ...environment }),
    newest: async () => {
      await until(async () => (await projector.rows(UNNUMBERED)).length === 0)
      const [row] = await projector.rows('select last_number from ledger.relay')
      return Number(row?.last_number)
    },
    startRelay: async () => {
      const config = {
        database,
        transactionalId: `${topicPrefix}relay`,
        batchBytesMax: 2_097_152,
        batchRowsMax: 50,
        gatherMs: 0,
        positionsKeptHours: 0,
      }
      const silent = {
        leads: () => undefined,
        published: () => undefined,
        backlog: () => undefined,
        failed: () => undefined,
        entered: () => undefined,
      }
      const relay = new Relay(config, kafka, silent)
      relay.start()
      t.teardown(() => relay[Symbol.asyncDispose]())
      await until(() => relay.state === 'leading', 60_000)
      return relay
    },
  }
}

const UNNUMBERED = `select 1 from ledger.outbox where sequence is null`

const openApi = async (t: Test, environment: Readonly<Record<string, string>>): Promise<RunningApi> => {
  const config = parseConfig({ LOG_LEVEL: 'silent', API_PORT: '0', ...environment })
  if (!config.kafka) throw new Error('a stream needs a Kafka')
  const logger = pino({ level: config.logLevel })
  const pool = openPool(config.database, { applicationName: 'api tests', onIdleError: () => undefined })
  const api = await buildApi(config, { pool, logger })
  const listener = followLedger(api, config.database, logger)
  const following = api.live.follow(config.kafka)
  let closing: Promise<void> | undefined
  const close = () =>
    (closing ??= (async () => {
      await api.app.close()
      await following[Symbol.asyncDispose]()
      await listener[Symbol.asyncDispose]()
      await pool.end()
    })())
  t.teardown(close)
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`
  const stream: RunningApi['stream'] = async (query = '', headers = {}) => {
    const opened = await openStream(url, query, headers)
    t.teardown(() => opened.close())
    return opened
  }
  const get: RunningApi['get'] = (path, headers = {}) =>
    fetch(`${url}${path}`, { headers: { connection: 'close', ...headers } })
  return { url, api, stream, get, feed: (query) => readFeed(get, query), close }
}

/** Waits until the api follows the topic. */
export const untilFollowing = (api: RunningApi): Promise<void> =>
  until(async () => (await api.get('/v1/changes/stream?lastEventId=999999999')).status === 400, 60_000)

const readFeed = async (get: RunningApi['get'], query = ''): Promise<FeedItem[]> => {
  const items: FeedItem[] = []
  let after = '0'
  for (;;) {
    const answer = await get(`/v1/changes?after=${after}&limit=100${query}`)
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
    const page = (await answer.json()) as { items: FeedItem[]; next: string; more: boolean }
    items.push(...page.items)
    after = page.next
    if (!page.more) return items
  }
}
