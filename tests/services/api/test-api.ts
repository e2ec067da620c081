import { createEvent } from '#libs/contracts/cloud-event.js'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import { openPool } from '#libs/postgres/database.js'
import { SEED_FILES, readSeedLines } from '#seeds/seed-lines.js'
import { buildApi, type ApiApp } from '#services/api/app.js'
import { parseConfig } from '#services/api/config.js'
import { followLedger } from '#services/api/follow-ledger.js'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { openTestProjector, type TestProjector } from '#tests/services/projector/project-log.js'
import { Log } from '#tests/services/projector/records.js'
import { pino } from 'pino'
import type { Test } from 'tap'

/** The api on a database of its own, and the projector's own code to fill it: no Kafka, no HTTP. */
export interface TestApi {
  readonly api: ApiApp
  readonly log: Log
  readonly projector: TestProjector
  /** Appends events to the log and projects them. */
  readonly record: (...events: readonly EventOf<EventType>[]) => Promise<void>
  readonly get: (path: string, headers?: Record<string, string>) => Promise<TestAnswer>
  /** All items of a list, page by page. */
  readonly all: <T>(path: string) => Promise<T[]>
  /** Notes that the broker had nothing more, as the projector does now and then. */
  readonly reachEnd: () => Promise<void>
}

export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  /** The body as JSON. */
  readonly body: never
}

export interface TestApiOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Whether it hears of checkpoints, as the server does. */
  readonly follows?: boolean
}

/** Everything is taken down when `t` ends. */
export const openTestApi = async (
  t: Test,
  { environment = {}, follows = false }: TestApiOptions = {},
): Promise<TestApi> => {
  const database = await testDatabase()
  const config = parseConfig({ DATABASE_URL: database.config.url, LOG_LEVEL: 'silent', ...environment })
  const logger = pino({ level: config.logLevel })
  const pool = openPool(config.database, { applicationName: 'api tests', onIdleError: () => undefined })
  const projector = await openTestProjector(database.config)
  const api = await buildApi(config, { pool, logger })
  const listener = follows ? followLedger(api, config.database, logger) : undefined
  t.teardown(async () => {
    await api.app.close()
    await listener?.[Symbol.asyncDispose]()
    await projector[Symbol.asyncDispose]()
    await pool.end()
    await database[Symbol.asyncDispose]()
  })
  const log = new Log()
  const get = async (path: string, headers: Record<string, string> = {}): Promise<TestAnswer> => {
    const answer = await api.app.inject({ method: 'GET', url: path, headers })
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string | undefined>,
      text: answer.payload,
      get body() {
        return JSON.parse(answer.payload) as never
      },
    }
  }
  return {
    api,
    log,
    projector,
    record: async (...events) => {
      await projector.project(log.append(...events))
    },
    get,
    all: (path) => readAll(get, path),
    reachEnd: async () => {
      await projector.rows(NOTE_END_OFFSETS)
    },
  }
}

const NOTE_END_OFFSETS = `
  insert into ledger.end_offset (topic, partition, end_offset, fetched_at)
  select topic, partition, next_offset, '2025-01-01'
    from ledger.checkpoint
  on conflict (topic, partition) do update
     set end_offset = excluded.end_offset`

const readAll = async <T>(get: TestApi['get'], path: string): Promise<T[]> => {
  const items: T[] = []
  let cursor = ''
  do {
    const answer = await get(`${path}${path.includes('?') ? '&' : '?'}limit=100${cursor}`)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`)
    const page = answer.body as { items: T[]; next: string | null }
    items.push(...page.items)
    cursor = page.next === null ? '' : `&cursor=${page.next}`
  } while (cursor !== '')
  return items
}

/** To be called at the end of a file. */
export const dropTestTemplate = dropTemplate

/** The seeds of the dossier `ukraine-war`, as events. */
export const seedEvents = (): EventOf<EventType>[] =>
  SEED_FILES.flatMap((file) =>
    readSeedLines(file).map((line, index) =>
      createEvent({
        ...(line as unknown as { type: EventType; subject: string; data: never }),
        id: `${file}:${index + 1}`,
        recordedBy: 'tests',
        time: new Date('2024-01-01T00:00:00Z'),
        source: 'urn:tests',
      }),
    ),
  )
