import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { encodeEvent } from '#libs/contracts/cloud-event.js'
import { topicOfType } from '#libs/contracts/events.js'
import type { LedgerEvent } from '#libs/contracts/events.js'
import { DERIVED_EVENT_TYPES, PositionRecord } from '#libs/contracts/derived-events.js'
import { SOURCE_TOPIC_ROLES } from '#libs/contracts/topics.js'
import { openPublisher } from '#libs/kafka/publisher.js'
import { endOffsets, ensureTopics } from '#libs/kafka/topics.js'
import { findFreePort } from '#libs/stack/ports.js'
import { amendedEvents } from '../amended-events.js'
import { openOutboxWorld, untilPublished, type OutboxWorld } from './outbox-world.js'

t.setTimeout(120_000) // a bound for a busy machine

const SERVER = fileURLToPath(new URL('../../../../services/projector/server.js', import.meta.url))
const EVENTS = 1_500

t.test('who folds the derived topics has what the read models have', async (t) => {
  const world = await openOutboxWorld(t)
  await ensureTopics(world.kafka, SOURCE_TOPIC_ROLES)
  const port = await findFreePort()
  const projector = spawn(process.execPath, [SERVER], {
    env: {
      ...process.env,
      KAFKA_BROKERS: world.brokers.join(','),
      DATABASE_URL: world.databaseUrl,
      TOPIC_PREFIX: world.topicPrefix,
      PROJECTOR_PORT: String(port),
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  t.teardown(() => projector.kill('SIGKILL'))
  await publishEvents(world)
  await untilPublished(world)
  const { changes, positions } = await world.published()

  const held = new Map<string, string>()
  for (const { key, value } of positions) {
    if (value === null) held.delete(String(key))
    else held.set(String(key), JSON.stringify(PositionRecord.parse(JSON.parse(String(value)))))
  }
  const expected = await world.rows<{ key: string; body: string }>(
    `select actor || '|' || matter || '|' || facet as key, body from generation_1.position order by 1`,
  )
  t.same(
    [...held].sort(([one], [other]) => (one < other ? -1 : 1)),
    expected.map(({ key, body }) => [key, JSON.stringify(PositionRecord.parse(JSON.parse(body)))]),
  )
  t.ok(positions.length > expected.length, 'positions have moved')
  t.ok(
    positions.some(({ value }) => value === null),
    'and some were taken away',
  )
  const types = new Set(changes.map(({ event }) => event.type))
  t.same([...types].sort(), [...DERIVED_EVENT_TYPES].sort())

  const latest = new Map<string, { revision: number | null; revoked: boolean }>()
  let outOfTurn = 0
  for (const { event } of changes) {
    const { id, revision, revoked } = 'change' in event.data ? event.data.change : event.data.conflict
    if ((revision ?? 0) !== (latest.get(id)?.revision ?? 0) + 1) outOfTurn++
    latest.set(id, { revision, revoked })
  }
  t.equal(outOfTurn, 0, 'each revision of a change once, in order')
  const rows = await world.rows<{ id: string; revision: number; revoked: boolean }>(
    `select id, revision, revoked from generation_1.change
      union all
     select id, revision, revoked from generation_1.conflict`,
  )
  t.same(
    [...latest].map(([id, state]) => `${id} ${state.revision} ${state.revoked}`).sort(),
    rows.map(({ id, revision, revoked }) => `${id} ${revision} ${revoked}`).sort(),
  )
  t.same(
    changes.map(({ number }) => number),
    changes.map((_, index) => index + 1),
  )
  t.equal(new Set(changes.map(({ event }) => event.id)).size, changes.length, 'no two events have one id')

  const get = async (path: string) => await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  const metrics = await get('/metrics')
  t.match(metrics, /^relay_leading 1$/m, 'the relay counts what it does, though it has a thread of its own')
  t.match(metrics, new RegExp(`^relay_messages_published_total{topic="changes"} ${changes.length}$`, 'm'))
  t.match(metrics, new RegExp(`^relay_messages_published_total{topic="positions"} ${positions.length}$`, 'm'))
  t.match(metrics, /^relay_transaction_duration_seconds_count [1-9]/m)
  t.match(await get('/health/ready'), /"name":"relay","ok":true,"detail":"leading; /)

  const exit = once(projector, 'exit')
  projector.kill('SIGTERM')
  t.same(await exit, [0, null])
})

/** In parts, each projected before the next comes: so positions move, and changes are revoked. */
const publishEvents = async (world: OutboxWorld): Promise<void> => {
  await using publisher = await openPublisher(world.kafka)
  const events = amendedEvents({ actors: 6, dossiers: 6, mattersPerDossier: 4 }, { count: EVENTS, seed: 3 })
  for (let from = 0; from < events.length; from += 200) {
    await Promise.all(
      events.slice(from, from + 200).map((event) =>
        publisher.publish({
          topicRole: topicOfType(event.type) ?? 'statements',
          key: event.partitionkey,
          value: encodeEvent(event as LedgerEvent),
        }),
      ),
    )
    await untilProjected(world)
  }
}

const untilProjected = async (world: OutboxWorld): Promise<void> => {
  const ends = await endOffsets(world.kafka, SOURCE_TOPIC_ROLES)
  for (let attempt = 0; attempt < 1_200; attempt++) {
    const rows = await world.rows<{ topic: string; partition: number; next: number }>(
      'select topic, partition, next_offset as next from ledger.checkpoint',
    )
    const reached = new Map(rows.map(({ topic, partition, next }) => [`${topic}/${partition}`, next]))
    if ([...ends].every(([key, end]) => Number(end) === (reached.get(key) ?? 0))) return
    await setTimeout(25)
  }
  throw new Error('the projector did not reach the ends of the topics within 30 s')
}
