import t from 'tap'
import { hashOfKey, newApiKey } from '#libs/http/api-keys.js'
import { copyInto } from '#libs/postgres/copy.js'
import { OUTBOX_TARGET, OutboxMessages } from '#services/projector/outbox/outbox-rows.js'
import { until } from '#tests/libs/kafka/kafka.js'
import { registryEvents, statementEvents } from '#tests/services/projector/generated-events.js'
import { event } from '#tests/services/projector/records.js'
import { openStreamWorld, untilFollowing, type StreamWorld } from './stream-world.js'

t.setTimeout(180_000) // a bound for a busy machine

const WORLD = { actors: 3, dossiers: 1, mattersPerDossier: 2 }

const recordSome = async (world: StreamWorld): Promise<number> => {
  await world.record(...registryEvents(WORLD), ...statementEvents(WORLD, { count: 60, seed: 5 }))
  return world.newest()
}

t.test('bounds', async (t) => {
  const world = await openStreamWorld(t)
  await world.startRelay()
  const newest = await recordSome(world)
  const api = await world.openApi({
    API_STREAM_SUBSCRIBERS_MAX: '3',
    API_STREAM_SUBSCRIBERS_OF_CALLER_MAX: '2',
    API_CORS_ORIGINS: 'https://newsroom.example',
  })
  await untilFollowing(api)

  await t.test('a number that the feed did not give is refused, with what it has come to', async (t) => {
    t.ok(newest > 0)
    const ahead = await api.get('/v1/changes/stream', { 'last-event-id': String(newest + 1) })
    t.equal(ahead.status, 400)
    t.match(await ahead.json(), { code: 'NUMBER_AHEAD', detail: String(newest) })
    const header = await api.get('/v1/changes/stream', { 'last-event-id': 'yesterday' })
    t.equal(header.status, 400)
    t.match(await header.json(), { code: 'HEADER_INVALID', errors: [{ pointer: 'last-event-id' }] })
    for (const query of [
      'lastEventId=-1',
      'lastEventId=',
      'lastEventId=1e3',
      'lastEventId=9999999999999999',
      'kind=LIE',
    ]) {
      const refused = await api.get(`/v1/changes/stream?${query}`)
      t.equal(refused.status, 400, query)
      t.match(await refused.json(), { code: 'PARAMETER_INVALID' }, query)
    }
    const unknown = await api.get('/v1/changes/stream?since=1')
    t.match(await unknown.json(), { code: 'PARAMETER_UNKNOWN' })
  })

  await t.test('HEAD has the headers and no end to wait for; other origins are told so', async (t) => {
    const head = await fetch(`${api.url}/v1/changes/stream`, { method: 'HEAD' })
    t.equal(head.status, 200)
    t.equal(head.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    const stream = await api.stream('', { origin: 'https://newsroom.example' })
    t.equal(stream.headers['access-control-allow-origin'], 'https://newsroom.example')
    stream.close()
    await until(() => api.api.live.subscribers.size === 0)
  })

  await t.test('one caller has so many streams, and all together so many', async (t) => {
    const [one] = [await api.stream(), await api.stream()]
    const third = await api.stream()
    t.equal(third.status, 429)
    t.match(third.problem, { code: 'RATE_LIMITED' })
    t.ok(Number(third.headers['retry-after']) > 0)
    const key = newApiKey()
    await world.record(
      event('ledger.key.issued.v1', 'key-1', { account: 'desk', hash: hashOfKey(key), scopes: ['read'] }),
    )
    const authorization = `Bearer ${key}`
    await until(async () => (await api.get('/v1/status', { authorization })).status === 200)
    const ofKey = await api.stream('', { authorization })
    t.equal(ofKey.status, 200)
    const beyond = await api.stream('', { authorization })
    t.equal(beyond.status, 503)
    t.match(beyond.problem, { code: 'OVERLOADED' })
    t.ok(Number(beyond.headers['retry-after']) > 0)
    one.close()
    await until(async () => (await api.stream('', { authorization })).status === 200)

    await world.record(event('ledger.key.revoked.v1', 'key-1', {}))
    await ofKey.untilEnded()
    t.match(ofKey.closed(), { code: 'KEY_INVALID', lastEventId: String(newest) })
    t.equal((await api.stream('', { authorization })).status, 401)
  })

  await t.test('who reads too slowly is cut off with the last id, and resumes without loss', async (t) => {
    const patient = await world.openApi({ API_STREAM_BUFFER_BYTES_MAX: '65536', API_STREAM_DRAIN_MS_MAX: '300' })
    await untilFollowing(patient)
    const slow = await patient.stream()
    slow.pause()
    const watching = await patient.stream()
    await publishConflicts(world, { count: 150, matters: 500 })
    const last = await world.newest()
    await watching.untilId(last)
    await until(() => patient.api.live.subscribers.size === 1)
    slow.resume()
    await slow.untilEnded()
    const closed = slow.closed()
    const got = slow.events.at(-1)?.id ?? newest
    t.match(closed, { code: 'STREAM_TOO_SLOW', lastEventId: String(got) })
    t.ok(got < last, `it had got ${got} of ${last}`)
    const resumed = await patient.stream('', { 'last-event-id': String(got) })
    await resumed.untilId(last)
    t.strictSame(
      [...slow.events, ...resumed.events].map(({ frame }) => frame),
      watching.events.map(({ frame }) => frame),
    )
  })

  await t.test('more at once than is kept in memory reaches who is live all the same', async (t) => {
    const small = await world.openApi({ API_STREAM_RECENT_MAX: '10' })
    await untilFollowing(small)
    const before = await world.newest()
    const streams = [
      await small.stream(),
      await small.stream('?dossier=dossier-0'),
      await small.stream('?actor=actor-1'),
    ]
    await publishConflicts(world, { count: 1_000, matters: 2 })
    const last = await world.newest()
    t.equal(last, before + 1_000)
    for (const stream of streams) {
      await until(() => stream.lastId() === String(last) || stream.closed() !== undefined)
      t.equal(stream.closed(), undefined)
      t.same(
        stream.events.map(({ id }) => id),
        Array.from({ length: last - before }, (_, index) => before + index + 1),
        'each once, in order',
      )
    }
  })
})

/** Conflicts, published together. On 500 matters each has some 60 KB: 150 are more than the sockets between two processes hold. */
const publishConflicts = async (world: StreamWorld, { count, matters }: { count: number; matters: number }) => {
  const messages = new OutboxMessages()
  for (let n = 0; n < count; n++) {
    const conflict = {
      id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      actor: 'actor-1',
      dossier: 'dossier-0',
      kind: 'CONTRADICTION',
      facet: 'FACT',
      matters: Array.from({ length: matters }, (_, matter) => `matter-${matter}-${'x'.repeat(100)}`),
      statements: ['statement-1', 'statement-2'],
      validFrom: '2022-01-01',
      settledBy: null,
      revision: 1,
      revoked: false,
    }
    messages.add('dossier-0', JSON.stringify({ announcement: 'opened', conflict }))
  }
  await copyInto(world.projector.client, OUTBOX_TARGET, messages.toRows('changes'))
}
