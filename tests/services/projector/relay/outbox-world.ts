import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import type { Test } from 'tap'
import { DerivedEvent } from '#libs/contracts/derived-events.js'
import type { ChangeResource } from '#libs/contracts/resources.js'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { followTopics } from '#libs/kafka/follow-topics.js'
import type { KafkaRecord } from '#libs/kafka/records.js'
import { ensureTopics } from '#libs/kafka/topics.js'
import { copyInto } from '#libs/postgres/copy.js'
import { connect } from '#libs/postgres/database.js'
import { migrate } from '#libs/postgres/migrate.js'
import { openStack, removeStack, type Stack } from '#libs/stack/open-stack.js'
import { OUTBOX_TARGET, OutboxMessages } from '#services/projector/outbox/outbox-rows.js'
import type { RelayConfig } from '#services/projector/relay/config.js'
import { testStack } from '#tests/stack.js'

export interface OutboxWorld {
  readonly brokers: readonly string[]
  readonly kafka: KafkaConnection
  readonly topicPrefix: string
  readonly databaseUrl: string
  readonly config: RelayConfig
  readonly client: pg.Client
  connect(): Promise<pg.Client>
  rows<Row>(sql: string, values?: unknown[]): Promise<Row[]>
  /** Everything committed on the derived topics. */
  published(): Promise<{ changes: ReadChange[]; positions: KafkaRecord[] }>
}

/** What a test reads of an event of the topic of changes, in the order of the topic. */
export interface ReadChange {
  readonly event: DerivedEvent
  readonly number: number
  readonly key: string
  readonly sequence: number
}

type Where = Pick<OutboxWorld, 'brokers' | 'topicPrefix' | 'databaseUrl'>

/** A migrated database and derived topics of the test's own. */
export const openOutboxWorld = async (t: Test, given?: Where): Promise<OutboxWorld> => {
  const { brokers, topicPrefix, databaseUrl } = given ?? (await testStack(t))
  const database = { url: databaseUrl, poolSizeMax: 2, statementMsMax: 30_000, connectMsMax: 5_000 }
  const open = () => connect(database, { applicationName: 'ledger tests', onIdleError: () => undefined })
  const client = await open()
  t.teardown(() => client.end())
  await migrate(client)
  const kafka = await connectKafka({ brokers, topicPrefix, clientId: 'tests', ssl: false })
  t.teardown(() => kafka.close())
  await ensureTopics(kafka, ['positions', 'changes'])
  return {
    brokers,
    kafka,
    topicPrefix,
    databaseUrl,
    config: {
      database,
      transactionalId: `${topicPrefix}relay`,
      // small transactions, so that there are many
      batchBytesMax: 20_000,
      batchRowsMax: 10,
      gatherMs: 0,
      positionsKeptHours: 0,
    },
    client,
    connect: open,
    rows: async <Row>(sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows as Row[],
    published: () => published(kafka),
  }
}

/** A Kafka and a Postgres that this test alone may kill. */
export const ownStack = async (t: Test): Promise<Stack> => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-test-'))
  const stack = await openStack({ dir, restartsMax: 0 })
  t.teardown(async () => {
    await stack[Symbol.asyncDispose]()
    await removeStack(dir)
  })
  return stack
}

const published = async (kafka: KafkaConnection) => {
  const changes: ReadChange[] = []
  const positions: KafkaRecord[] = []
  await using follower = await followTopics(kafka, {
    name: 'test',
    topics: [
      { role: 'changes', from: 'beginning' },
      { role: 'positions', from: 'beginning' },
    ],
    onBatch: ({ topicRole, records }) => {
      if (topicRole === 'positions') positions.push(...records)
      else changes.push(...records.map(readChange))
    },
  })
  if (!(await follower.waitUntilCaughtUp(20_000))) throw new Error('the derived topics were not read to their ends')
  return { changes, positions }
}

const readChange = ({ key, value, headers }: KafkaRecord): ReadChange => {
  const event = DerivedEvent.parse(JSON.parse(String(value)))
  return { event, number: event.data.number, key: String(key), sequence: Number(headers?.['ledger-sequence']) }
}

/** The n-th change of a dossier; `statement` says which it is. */
export const change = (dossier: string, n: number, more: Partial<ChangeResource> = {}): ChangeResource => ({
  id: randomUUID(),
  actor: 'irn',
  dossier,
  matter: `${dossier}.matter`,
  facet: 'FACT',
  kind: 'REVERSAL',
  from: 'DENY',
  to: 'AFFIRM',
  order: 'certain',
  statement: `s-${n}`,
  validFrom: '2022-10-20',
  entailedFrom: null,
  reversesEarlier: false,
  revision: 1,
  revoked: false,
  ...more,
})

export const asserted = (one: ChangeResource): string => JSON.stringify({ announcement: 'asserted', change: one })
export const positionKey = (dossier: string): string => `irn|${dossier}.matter|FACT`

/** What a projector's batch does with the outbox, on a dossier that no other batch is at: the n-th change and position. */
export const writeBatch = async (client: pg.Client, dossier: string, n: number, openMs = 0): Promise<void> => {
  await client.query('begin')
  await client.query('select pg_advisory_xact_lock(hashtext($1))', [dossier])
  const positions = new OutboxMessages()
  // every fifth takes the position away
  positions.add(positionKey(dossier), n % 5 === 4 ? null : JSON.stringify({ dossier, n }))
  await copyInto(client, OUTBOX_TARGET, positions.toRows('positions'))
  const changes = new OutboxMessages()
  changes.add(dossier, asserted(change(dossier, n)))
  changes.add(dossier, asserted(change(dossier, n, { kind: 'HARDENING' })))
  await copyInto(client, OUTBOX_TARGET, changes.toRows('changes'))
  if (openMs > 0) await setTimeout(openMs)
  await client.query(`notify ledger_checkpoint, '1'`)
  await client.query('commit')
}

export interface Written {
  readonly dossiers: readonly string[]
  readonly batchesPerDossier: number
}

/** Several writers at once, each with dossiers of its own, whose transactions end in another order than they began. */
export const writeAll = async (
  world: Pick<OutboxWorld, 'connect'>,
  { dossiers, batchesPerDossier }: Written,
  { openMsMax = 10, random = Math.random }: { openMsMax?: number; random?: () => number } = {},
): Promise<void> => {
  await Promise.all(
    dossiers.map(async (dossier) => {
      let client = await world.connect()
      for (let n = 0; n < batchesPerDossier; n++) {
        try {
          await writeBatch(client, dossier, n, random() * openMsMax)
        } catch {
          client = await reconnect(world)
          // a commit whose answer was lost may have happened
          if ((await writtenOf(client, dossier)) <= n) n--
        }
      }
      await client.end()
    }),
  )
}

const writtenOf = async (client: pg.Client, dossier: string): Promise<number> => {
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n from ledger.outbox where topic = 'changes' and messages like '["' || $1 || '",%'`,
    [dossier],
  )
  return rows[0]?.n ?? 0
}

const reconnect = async (world: Pick<OutboxWorld, 'connect'>): Promise<pg.Client> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      return await world.connect()
    } catch {
      await setTimeout(100)
    }
  }
  throw new Error('Postgres did not come back within 20 s')
}

/** What `changes` and `positions` must hold, by dossier, and in which order. */
export const expectExactlyOnce = async (t: Test, world: OutboxWorld, written: Written): Promise<void> => {
  const { changes, positions } = await world.published()
  const { dossiers, batchesPerDossier } = written
  t.same(
    changes.map(({ number }) => number),
    Array.from({ length: dossiers.length * batchesPerDossier * 2 }, (_, index) => index + 1),
    'each number exactly once, in order, without a gap',
  )
  const batches = Array.from({ length: batchesPerDossier }, (_, n) => n)
  for (const dossier of dossiers) {
    const ofDossier = changes.filter(({ key }) => key === dossier)
    t.same(
      ofDossier.map(({ event }) =>
        'change' in event.data ? `${event.data.change.statement} ${event.data.change.kind}` : '',
      ),
      batches.flatMap((n) => [`s-${n} REVERSAL`, `s-${n} HARDENING`]),
      `the changes of ${dossier} in the order of their transactions`,
    )
    t.same(
      positions.filter(({ key }) => String(key) === positionKey(dossier)).map(({ value }) => value && String(value)),
      batches.map((n) => (n % 5 === 4 ? null : JSON.stringify({ dossier, n }))),
      `the positions of ${dossier} as well, tombstones included`,
    )
  }
  const sequences = changes.map(({ sequence }) => sequence)
  t.same(
    sequences,
    [...sequences].sort((a, b) => a - b),
  )
}

/** Waits until the outbox is empty, within a bound that only a failure meets. */
export const untilPublished = async (world: OutboxWorld, limitMs = 30_000): Promise<void> => {
  const end = Date.now() + limitMs
  for (;;) {
    const client = await reconnect(world)
    const { rows } = await client.query<{ n: number }>(
      'select count(*)::int as n from ledger.outbox where published_at is null',
    )
    await client.end()
    if (rows[0]?.n === 0) return
    if (Date.now() > end) throw new Error(`${rows[0]?.n} rows of the outbox were not published within ${limitMs} ms`)
    await setTimeout(50)
  }
}

/** How much is on its way, so that faults come in the middle of it. */
const publishedRows = async (world: OutboxWorld): Promise<number> => {
  const client = await world.connect()
  const { rows } = await client.query<{ n: number }>(
    'select count(*)::int as n from ledger.outbox where published_at is not null',
  )
  await client.end()
  return rows[0]?.n ?? 0
}

/** Waits until the relay that runs now has published something. */
export const untilMoving = async (world: OutboxWorld): Promise<void> => {
  const before = await publishedRows(world)
  for (let attempt = 0; attempt < 1_000; attempt++) {
    if ((await publishedRows(world)) > before) return
    await setTimeout(30)
  }
  throw new Error('nothing was published for 30 s')
}
