import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { lastRecords } from '#libs/kafka/last-records.js'
import { partitionOf } from '#libs/kafka/partition-of.js'
import { openTransactionalProducer } from '#libs/kafka/transactional-producer.js'
import { copyInto } from '#libs/postgres/copy.js'
import { OUTBOX_TARGET, OutboxMessages } from '#services/projector/outbox/outbox-rows.js'
import { OutboxRows } from '#services/projector/relay/outbox-rows.js'
import { recordsOf } from '#services/projector/relay/records.js'
import { Relay, type Backlog, type RelayEvents } from '#services/projector/relay/relay.js'
import type { TakenOver } from '#services/projector/relay/take-over.js'
import {
  asserted,
  change,
  expectExactlyOnce,
  openOutboxWorld,
  untilPublished,
  writeAll,
  writeBatch,
  type OutboxWorld,
} from './outbox-world.js'

t.setTimeout(120_000) // a bound for a busy machine

interface Watched extends AsyncDisposable {
  readonly relay: Relay
  readonly turns: TakenOver[]
  readonly failures: unknown[]
  readonly backlogs: Backlog[]
}

const startRelay = (world: OutboxWorld, more: Partial<OutboxWorld['config']> = {}): Watched => {
  const turns: TakenOver[] = []
  const failures: unknown[] = []
  const backlogs: Backlog[] = []
  const events: RelayEvents = {
    leads: (found) => turns.push(found),
    published: () => undefined,
    backlog: (backlog) => backlogs.push(backlog),
    failed: (error) => failures.push(error),
    entered: () => undefined,
  }
  const relay = new Relay({ ...world.config, ...more }, world.kafka, events)
  relay.start()
  return { relay, turns, failures, backlogs, [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose]() }
}

const until = async (holds: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> => {
  for (const end = Date.now() + limitMs; !(await holds()); await setTimeout(20))
    if (Date.now() > end) throw new Error(`did not come to hold within ${limitMs} ms: ${holds.toString()}`)
}

t.test('writers that end in any order: numbers without a gap, and the order of each key', async (t) => {
  const world = await openOutboxWorld(t)
  const written = { dossiers: ['war', 'treaty', 'embargo', 'truce', 'strait'], batchesPerDossier: 40 }
  const before = { ...written, batchesPerDossier: 0 }
  await writeAll(world, before)
  await using one = startRelay(world)
  await using other = startRelay(world)
  await writeAll(world, written)
  await untilPublished(world)
  t.equal(one.turns.length + other.turns.length, 1, 'one of two relays leads')
  t.same([...one.failures, ...other.failures], [])
  await expectExactlyOnce(t, world, written)

  const feed = await world.rows<{ number: number; dossier: string; announced: string }>(
    'select * from ledger.changes_after(0, 1000)',
  )
  const { changes } = await world.published()
  t.same(
    feed.map(({ number, dossier }) => [number, dossier]),
    changes.map(({ number, key }) => [number, key]),
    'the feed in the database is the topic',
  )
  t.match(JSON.parse(feed[7]?.announced ?? ''), { announcement: 'asserted', change: { kind: 'HARDENING' } })
  const page = await world.rows<{ number: number }>('select number from ledger.changes_after(101, 7)')
  t.same(
    page.map(({ number }) => number),
    [102, 103, 104, 105, 106, 107, 108],
  )
  t.same(await world.rows('select * from ledger.changes_after(400, 10)'), [])
})

t.test('a transaction that stays open holds nothing up, and its messages follow', async (t) => {
  const world = await openOutboxWorld(t)
  await using watched = startRelay(world)
  const slow = await world.connect()
  await slow.query('begin')
  const messages = new OutboxMessages()
  messages.add('slow', asserted(change('slow', 0)))
  await copyInto(slow, OUTBOX_TARGET, messages.toRows('changes'))
  await writeBatch(world.client, 'war', 0)
  await untilPublished(world)
  await slow.query('commit')
  await slow.end()
  await untilPublished(world)
  const { changes } = await world.published()
  t.same(
    changes.map(({ key, number }) => [key, number]),
    [
      ['war', 1],
      ['war', 2],
      ['slow', 3],
    ],
  )
  t.same(watched.failures, [])
})

t.test('a relay that has lost its turn without knowing is fenced', async (t) => {
  const world = await openOutboxWorld(t)
  const record = (value: string) => ({ topicRole: 'changes' as const, key: 'k', value, headers: {} })
  const options = { transactionalId: world.config.transactionalId, roles: ['positions', 'changes'] as const }
  const zombie = await openTransactionalProducer(world.kafka, options)
  await zombie.publish([record(JSON.stringify({}))])
  await using next = await openTransactionalProducer(world.kafka, options)
  await t.rejects(zombie.publish([record('late')]))
  await zombie.close()
  const last = await lastRecords(world.kafka, ['changes'], { name: 'test', limitMs: 10_000 })
  t.same(
    last.map((one) => String(one.record.value)),
    ['{}'],
    'what the zombie sent late is not on the topic',
  )
  await next.close()
})

t.test('Postgres ends the session: another turn begins where the topics stand', async (t) => {
  const world = await openOutboxWorld(t)
  const written = { dossiers: ['war', 'treaty'], batchesPerDossier: 40 }
  await using watched = startRelay(world)
  const writing = writeAll(world, written)
  for (let round = 1; round <= 3; round++) {
    await until(() => watched.turns.length === round)
    await setTimeout(100)
    await world.client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'statement-ledger relay' and datname = current_database()`,
    )
  }
  await writing
  await untilPublished(world)
  await until(() => watched.turns.length === 4)
  t.ok(watched.failures.length >= 3)
  await expectExactlyOnce(t, world, written)
})

t.test('what was committed and not marked is found; what was marked and is gone is published again', async (t) => {
  const world = await openOutboxWorld(t)
  const written = { dossiers: ['war'], batchesPerDossier: 10 }
  await writeAll(world, written)
  {
    await using _watched = startRelay(world)
    await untilPublished(world)
  }
  await world.client.query('update ledger.outbox set published_at = null where sequence > 5')
  {
    await using watched = startRelay(world)
    await until(() => watched.turns.length === 1)
    t.same(watched.turns, [{ found: 5, lost: 0, restored: false }])
    await untilPublished(world)
  }
  await expectExactlyOnce(t, world, written)

  // as if the topics had been made anew: the same database, other topics
  const elsewhere = await openOutboxWorld(t, { ...world, topicPrefix: `${world.topicPrefix}again.` })
  await using watched = startRelay(elsewhere)
  await until(() => watched.turns.length === 1)
  t.same(watched.turns, [{ found: 0, lost: 20, restored: false }])
  await untilPublished(elsewhere)
  await expectExactlyOnce(t, elsewhere, written)
})

t.test('of a transaction that reached some partitions alone, the others get their part', async (t) => {
  const world = await openOutboxWorld(t)
  const written = { dossiers: ['war', 'treaty', 'embargo', 'truce'], batchesPerDossier: 2 }
  await writeAll(world, written)
  {
    const rows = await new OutboxRows(world.client, { batchRowsMax: 16, batchBytesMax: 1_000_000 }).take()
    const records = rows.flatMap((row) => recordsOf(row, 1))
    const options = { transactionalId: world.config.transactionalId, roles: ['positions', 'changes'] as const }
    const reached = ({ topicRole, key }: (typeof records)[number]) =>
      topicRole === 'changes' || partitionOf(key, 12) % 2 === 0
    await using producer = await openTransactionalProducer(world.kafka, options)
    await producer.publish(records.filter(reached))
  }
  const before = await world.published()
  t.ok(before.positions.length > 0 && before.positions.length < 8, `${before.positions.length} positions are there`)
  await using watched = startRelay(world)
  await untilPublished(world)
  t.match(watched.turns, [{ found: 0, lost: 0 }])
  await expectExactlyOnce(t, world, written)
})

t.test(
  'a database that was restored goes on behind the topics; old positions are deleted, numbers are not reused',
  async (t) => {
    const world = await openOutboxWorld(t)
    await writeAll(world, { dossiers: ['war'], batchesPerDossier: 10 })
    {
      await using _watched = startRelay(world)
      await untilPublished(world)
    }
    await world.client.query('delete from ledger.outbox where sequence > 8')
    await world.client.query('update ledger.relay set last_sequence = 8, last_number = 8')
    await writeBatch(world.client, 'war', 10)
    await using watched = startRelay(world, { positionsKeptHours: 1e-9 })
    await untilPublished(world)
    t.match(watched.turns, [{ restored: true }])
    const { changes } = await world.published()
    t.same(changes.map(({ number }) => number).slice(-3), [20, 21, 22])
    await until(async () => {
      const [left] = await world.rows<{ n: number }>(
        `select count(*)::int as n from ledger.outbox where topic = 'positions'`,
      )
      return left?.n === 0
    })
    const feed = await world.rows<{ number: number }>('select number from ledger.changes_after(7, 3)')
    t.same(
      feed.map(({ number }) => number),
      [8, 21, 22],
      'the feed goes on behind the gap',
    )
    t.match(watched.backlogs[0], { rows: 2, messages: 3 })
    t.same(watched.failures, [])
  },
)

t.test('messages as large as a row takes, and larger than a record batch', async (t) => {
  const world = await openOutboxWorld(t)
  await using _watched = startRelay(world)
  const positions = new OutboxMessages()
  const filler = 'и'.repeat(300_000)
  for (let n = 0; n < 8; n++) positions.add('irn|war.matter|FACT', JSON.stringify({ n, filler }))
  positions.add('irn|war.other|FACT', JSON.stringify({ n: 8, filler: filler.repeat(3) }))
  await copyInto(world.client, OUTBOX_TARGET, positions.toRows('positions'))
  await untilPublished(world)
  const published = await world.published()
  t.same(
    published.positions.map(({ value }) => (JSON.parse(String(value)) as { n: number }).n).sort(),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  )
  t.ok(published.positions.some(({ key }) => String(key) === 'irn|war.other|FACT'))
})
