import t from 'tap'
import { until } from '#tests/libs/kafka/kafka.js'
import { registryEvents, statementEvents } from '#tests/services/projector/generated-events.js'
import type { EventStream } from './event-stream.js'
import { openStreamWorld, untilFollowing } from './stream-world.js'

t.setTimeout(180_000) // a bound for a busy machine

const WORLD = { actors: 4, dossiers: 2, mattersPerDossier: 3 }
/** More than are served without a break, so that changes come while a round of writes is under way. */
const READERS = 150
const FILTERS = ['', '?facet=FACT', '?kind=REVERSAL']

t.test('readers who come while changes come get each once, in order, in the same bytes', async (t) => {
  const world = await openStreamWorld(t)
  await world.startRelay()
  const statements = statementEvents(WORLD, { count: 400, seed: 21 })
  await world.record(...registryEvents(WORLD), ...statements.slice(0, 20))
  const recorded = await world.newest()
  const api = await world.openApi({ API_STREAM_HEARTBEAT_MS: '300' })
  await untilFollowing(api)
  const open = (index: number): Promise<EventStream> => api.stream(FILTERS[index % FILTERS.length])
  const early = await Promise.all(Array.from({ length: READERS }, (_, index) => open(index)))

  const late: EventStream[] = []
  const recording = (async () => {
    for (let start = 20; start < statements.length; start += 20)
      await world.record(...statements.slice(start, start + 20))
  })()
  for (let index = 0; index < READERS; index++) late.push(await open(index))
  await recording
  const newest = await world.newest()
  t.ok(newest > recorded)

  for (const [filter, query] of FILTERS.entries()) {
    const ofFilter = (streams: readonly EventStream[]) =>
      streams.filter((_, index) => index % FILTERS.length === filter)
    const expected = (await api.feed(query.replace('?', '&')))
      .filter(({ number }) => number > recorded)
      .map(({ number }) => number)
    const [first, ...others] = ofFilter(early)
    if (!first) throw new Error('there is no reader')
    // a heartbeat tells who has nothing to wait for
    for (const stream of [...ofFilter(early), ...ofFilter(late)]) await until(() => Number(stream.lastId()) >= newest)
    t.same(
      first.events.map(({ id }) => id),
      expected,
      `${query}: all of it`,
    )
    const bytes = first.events.map(({ frame }) => frame)
    for (const stream of others) if (framesOf(stream) !== bytes.join('')) t.fail(`${query}: other bytes, early`)
    for (const stream of ofFilter(late)) {
      const from = expected.findIndex((number) => number === stream.events[0]?.id)
      if (stream.events.length > 0 && framesOf(stream) !== bytes.slice(from).join(''))
        t.fail(`${query}: other bytes, late`)
    }
  }
})

const framesOf = ({ events }: EventStream): string => events.map(({ frame }) => frame).join('')
