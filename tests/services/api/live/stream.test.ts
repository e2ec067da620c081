import t, { type Test } from 'tap'
import { FEED_EVENTS, FeedItem } from '#libs/contracts/change-feed.js'
import { until } from '#tests/libs/kafka/kafka.js'
import { amendedEvents } from '#tests/services/projector/amended-events.js'
import { promoteCopy } from '../promote-copy.js'
import type { EventStream } from './event-stream.js'
import { openStreamWorld, untilFollowing, type StreamWorld } from './stream-world.js'

t.setTimeout(180_000) // a bound for a busy machine

const WORLD = { actors: 6, dossiers: 3, mattersPerDossier: 4 }
/** What is taken down has its own test: here every number is shown. */
const EVENTS = amendedEvents(WORLD, { count: 700, seed: 3 }).filter(
  ({ type }) => type !== 'ledger.statement.suppressed.v1',
)

/** In parts, so that positions move and changes are revoked. */
const recordParts = async (world: StreamWorld, from: number, to: number): Promise<void> => {
  for (let start = from; start < to; start += 100) await world.record(...EVENTS.slice(start, Math.min(start + 100, to)))
}

const fail = (): never => {
  throw new Error('nothing was revoked')
}

const framesOf = (stream: EventStream): string[] => stream.events.map(({ frame }) => frame)

t.test('a stream', async (t) => {
  const world = await openStreamWorld(t)
  await recordParts(world, 0, 500)
  await world.startRelay()
  const recorded = await world.newest()
  // so few that most of the past is not in memory
  const first = await world.openApi({ API_STREAM_RECENT_MAX: '40', API_STREAM_HEARTBEAT_MS: '300' })
  await untilFollowing(first)
  const whole = await first.stream('?lastEventId=0')
  await whole.untilId(recorded)

  await t.test('from 0 gives every publication once, in order, told apart by its event', async (t) => {
    t.same(
      whole.events.map(({ id }) => id),
      Array.from({ length: recorded }, (_, index) => index + 1),
    )
    t.same([...new Set(whole.events.map(({ event }) => event))].sort(), [...FEED_EVENTS].sort())
    for (const { id, event, data } of whole.events) {
      const item = FeedItem.parse(JSON.parse(data))
      if (item.number !== id || item.event !== event) t.fail(`${id} ${event}: ${data}`)
    }
    t.same(
      await first.feed(),
      whole.events.map(({ data }) => JSON.parse(data) as unknown),
      'pollers get the same',
    )
    t.match(whole.headers, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-request-id': /./,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
  })

  await t.test('resumes from anywhere, in memory or long past, by header or by parameter', async (t) => {
    for (const after of [1, recorded - 100, recorded - 41, recorded - 40, recorded - 39, recorded - 1]) {
      const byHeader = await first.stream('?lastEventId=3', { 'last-event-id': String(after) })
      await byHeader.untilId(recorded)
      t.strictSame(framesOf(byHeader), framesOf(whole).slice(after), `after ${after}`)
      const byParameter = await first.stream(`?lastEventId=${after}`)
      await byParameter.untilId(recorded)
      t.strictSame(framesOf(byParameter), framesOf(byHeader), 'the same bytes')
    }
  })

  await t.test('filters leave out the rest, and heartbeats move the id on over it', async (t) => {
    const items = whole.events.map(({ data }) => FeedItem.parse(JSON.parse(data)))
    const subjectOf = (item: FeedItem) => ('change' in item ? item.change : item.conflict) as Record<string, unknown>
    const sample = subjectOf(items.find(({ event }) => event === 'change.revoked') ?? fail())
    const { actor, dossier, matter } = sample as { actor: string; dossier: string; matter: string }
    const filters: [query: string, fits: (item: FeedItem) => boolean][] = [
      [`dossier=${dossier}`, (item) => subjectOf(item).dossier === dossier],
      [`actor=${actor}`, (item) => subjectOf(item).actor === actor],
      [
        `matter=${matter}`,
        (item) => subjectOf(item).matter === matter || [subjectOf(item).matters].flat().includes(matter),
      ],
      ['facet=FACT', (item) => subjectOf(item).facet === 'FACT'],
      ['kind=REVERSAL', (item) => 'change' in item && subjectOf(item).kind === 'REVERSAL'],
      ['reversesEarlier=true', (item) => 'change' in item && subjectOf(item).reversesEarlier === true],
      ['event=conflict.opened', (item) => item.event === 'conflict.opened'],
      [
        `matter=${matter}&event=change.revoked`,
        (item) => item.event === 'change.revoked' && subjectOf(item).matter === matter,
      ],
    ]
    for (const [query, fits] of filters) {
      const expected = items.filter(fits).map(({ number }) => number)
      t.ok(expected.length > 0 && expected.length < recorded, `${query}: ${expected.length}`)
      const stream = await first.stream(`?lastEventId=0&${query}`)
      await stream.untilId(expected.at(-1) ?? 0)
      await until(() => stream.lastId() === String(recorded))
      t.same(
        stream.events.map(({ id }) => id),
        expected,
        query,
      )
      t.same(
        (await first.feed(`&${query}`)).map(({ number }) => number),
        expected,
        `${query}, polled`,
      )
    }
  })

  await t.test(
    'what comes reaches all who are live, in the same bytes; a generation is promoted meanwhile',
    async (t) => {
      const [one, other] = [await first.stream(), await first.stream()]
      const filtered = [await first.stream('?facet=FACT'), await first.stream('?facet=FACT')]
      t.equal(one.lastId(), String(recorded), 'it begins with what comes next')
      await recordParts(world, 500, 600)
      await promoteCopy(world.projector.client, 2)
      const newest = await world.newest()
      t.ok(newest > recorded)
      for (const stream of [one, other, whole]) {
        await stream.untilId(newest)
        t.same(stream.events.at(-1)?.id, newest)
      }
      t.strictSame(framesOf(one), framesOf(whole).slice(recorded))
      t.strictSame(framesOf(other), framesOf(one))
      await until(() => filtered.every((stream) => stream.lastId() === String(newest)))
      const onFact = one.events.filter(({ data }) => data.includes('"facet":"FACT"')).map(({ frame }) => frame)
      t.not(onFact.length, 0)
      for (const stream of filtered) t.strictSame(framesOf(stream), onFact)
    },
  )

  await t.test('when the api stops it says so, and another goes on where it was', async (t) => {
    await first.close()
    await whole.untilEnded()
    const last = whole.events.at(-1)?.id ?? 0
    t.match(whole.closed(), { code: 'NOT_READY', lastEventId: String(last) })
    await resumesElsewhere(t, world, whole)
  })
})

/** The projection of a promoted generation goes on elsewhere: here the outbox is written as it would be. */
async function resumesElsewhere(t: Test, world: StreamWorld, whole: EventStream): Promise<void> {
  const last = whole.events.at(-1)?.id ?? 0
  await world.projector.rows(
    `insert into ledger.outbox (topic, messages, message_count)
     select topic, messages, message_count from ledger.outbox where topic = 'changes' and first_number is not null
      order by first_number desc limit 1`,
  )
  const newest = await world.newest()
  t.ok(newest > last)
  const second = await world.openApi({ API_STREAM_RECENT_MAX: '40' })
  await untilFollowing(second)
  const resumed = await second.stream('', { 'last-event-id': String(last) })
  await resumed.untilId(newest)
  t.same(
    resumed.events.map(({ id }) => id),
    Array.from({ length: newest - last }, (_, index) => last + index + 1),
    'without gap or duplicate',
  )
}
