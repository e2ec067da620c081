import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import t from 'tap'
import { openStack, removeStack } from '#libs/stack/open-stack.js'
import { until } from '#tests/libs/kafka/kafka.js'
import { registryEvents, statementEvents } from '#tests/services/projector/generated-events.js'
import { openStreamWorld, untilFollowing } from './stream-world.js'

t.setTimeout(240_000) // a bound for a busy machine

const WORLD = { actors: 2, dossiers: 1, mattersPerDossier: 2 }

t.test('Kafka goes and comes back: reads go on, the stream answers 503, and no change is lost', async (t) => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-test-'))
  const stack = await openStack({ dir, restartsMax: 0 })
  t.teardown(async () => {
    await stack[Symbol.asyncDispose]()
    await removeStack(dir)
  })
  const world = await openStreamWorld(t, {
    brokers: stack.kafkaBrokers,
    databaseUrl: stack.databaseUrl,
    topicPrefix: '',
  })
  await world.startRelay()
  const statements = statementEvents(WORLD, { count: 60, seed: 11 })
  await world.record(...registryEvents(WORLD), ...statements.slice(0, 30))
  const before = await world.newest()
  const running = await world.openApi()
  await untilFollowing(running)
  const stream = await running.stream('?lastEventId=0')
  await stream.untilId(before)

  await stack.kafka.kill('SIGKILL')
  const started = await world.openApi()
  const refused = await started.stream('?lastEventId=0')
  t.equal(refused.status, 503)
  t.match(refused.problem, { code: 'NOT_READY' })
  t.ok(Number(refused.headers['retry-after']) > 0)
  t.equal((await started.get('/health/ready')).status, 200, 'it can do all else')
  t.equal((await started.feed()).length, before, 'pollers are served')
  await world.record(...statements.slice(30))

  await stack.kafka.restart()
  await until(async () => (await world.newest()) > before, 60_000)
  await untilFollowing(started)
  const newest = await world.newest()
  await until(() => stream.events.at(-1)?.id === newest, 60_000)
  t.same(
    stream.events.map(({ id }) => id),
    Array.from({ length: newest }, (_, index) => index + 1),
    'the reader from before has everything once',
  )
  const resumed = await started.stream('', { 'last-event-id': String(before) })
  await resumed.untilId(newest)
  t.strictSame(
    resumed.events.map(({ frame }) => frame),
    stream.events.slice(before).map(({ frame }) => frame),
  )
})
