import t from 'tap'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import { FeedItem } from '#libs/contracts/change-feed.js'
import { until } from '#tests/libs/kafka/kafka.js'
import { registryEvents, statementEvents } from '#tests/services/projector/generated-events.js'
import { event } from '#tests/services/projector/records.js'
import { openStreamWorld, untilFollowing } from './stream-world.js'

t.setTimeout(180_000) // a bound for a busy machine

const WORLD = { actors: 2, dossiers: 2, mattersPerDossier: 2 }

t.test('of what was taken down only that it is revoked is told, live, resumed and polled', async (t) => {
  const world = await openStreamWorld(t)
  await world.startRelay()
  const statements = statementEvents(WORLD, { count: 40, seed: 7 })
  await world.record(...registryEvents(WORLD), ...statements)
  const before = await world.newest()
  const api = await world.openApi()
  await untilFollowing(api)
  const earlier = await api.feed()
  const told = earlier.find((item) => item.event === 'change.asserted')
  if (told?.event !== 'change.asserted') throw new Error('nothing was asserted')
  const { statement, dossier } = told.change
  const [live, elsewhere] = [await api.stream(), await api.stream('?matter=matter-9-9')]

  await world.record(suppression(statement, dossier, statements))
  const newest = await world.newest()
  t.ok(newest > before)
  await live.untilId(newest)
  const items = live.events.map(({ data }) => FeedItem.parse(JSON.parse(data)))
  const gone = items.find((item) => item.event === 'change.revoked' && item.change.id === told.change.id)
  t.strictSame(gone && 'change' in gone ? gone.change : undefined, {
    id: told.change.id,
    revision: 2,
    revoked: true,
    takenDown: true,
  })
  t.notMatch(live.events.map(({ data }) => data).join(), named(statement), 'live')
  await until(() => elsewhere.events.length > 0)
  t.strictSame(
    elsewhere.events.map(({ id }) => id),
    items.filter((item) => JSON.stringify(item).includes('takenDown')).map(({ number }) => number),
    'every filter hears of it: one that fits would tell what it was',
  )

  const later = await api.feed()
  t.match(JSON.stringify(earlier), named(statement))
  t.notMatch(JSON.stringify(later), named(statement), 'polled from the beginning')
  const resumed = await api.stream('?lastEventId=0')
  await resumed.untilId(newest)
  t.strictSame(
    resumed.events.map(({ data }) => JSON.parse(data) as unknown),
    later,
    'resumed from the recent entries, which had it',
  )
  const small = await world.openApi({ API_STREAM_RECENT_MAX: '1' })
  await untilFollowing(small)
  const fromRecord = await small.stream('?lastEventId=0')
  await fromRecord.untilId(newest)
  t.strictSame(
    fromRecord.events.map(({ frame }) => frame),
    resumed.events.map(({ frame }) => frame),
    'and from the record',
  )
})

const named = (statement: string): RegExp => new RegExp(`"${statement}"`)

const suppression = (subject: string, dossier: string, all: readonly EventOf<EventType>[]): EventOf<EventType> => {
  if (!all.some((one) => one.subject === subject)) throw new Error(`${subject} is not one of the statements`)
  return event('ledger.statement.suppressed.v1', subject, { dossier, reason: 'a court said so' })
}
