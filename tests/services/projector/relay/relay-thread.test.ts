import { setTimeout } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { RelayThread } from '#services/projector/relay/relay-thread.js'
import { relayCheck } from '#services/projector/relay/start-relay.js'
import {
  expectExactlyOnce,
  openOutboxWorld,
  ownStack,
  untilMoving,
  untilPublished,
  writeAll,
  writeBatch,
  type OutboxWorld,
} from './outbox-world.js'

t.setTimeout(120_000) // a bound for a busy machine

interface Watched extends AsyncDisposable {
  readonly thread: RelayThread
  /** Each that was started, the last last. */
  readonly workers: readonly Worker[]
  readonly deaths: readonly Error[]
  readonly turns: number
  readonly published: number
}

const startThread = (t: Test, world: OutboxWorld, brokers = world.brokers): Watched => {
  const workers: Worker[] = []
  const deaths: Error[] = []
  let [turns, published] = [0, 0]
  const onWorker = (worker: Worker) => workers.push(worker)
  process.on('worker', onWorker)
  t.teardown(() => process.off('worker', onWorker))
  const thread = new RelayThread(
    {
      relay: world.config,
      kafka: { brokers, topicPrefix: world.topicPrefix, clientId: 'tests', ssl: false },
      log: { level: 'silent', service: 'tests' },
    },
    {
      leads: () => turns++,
      published: (topics) => (published += topics.changes + topics.positions),
      backlog: () => undefined,
      failed: () => undefined,
      entered: () => undefined,
      died: (error) => deaths.push(error),
    },
  )
  thread.start()
  t.teardown(() => thread[Symbol.asyncDispose]())
  return {
    ...{ thread, workers, deaths },
    get turns() {
      return turns
    },
    get published() {
      return published
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  }
}

const until = async (holds: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> => {
  for (const end = Date.now() + limitMs; !(await holds()); await setTimeout(20))
    if (Date.now() > end) throw new Error(`did not come to hold within ${limitMs} ms: ${holds.toString()}`)
}

/** What `Worker` says of itself once it has ended. */
const hasEnded = ({ threadId }: Worker): boolean => threadId === -1

t.test('a thread that dies in the middle of transactions: another goes on with what it left', async (t) => {
  const world = await openOutboxWorld(t)
  const written = { dossiers: ['war', 'treaty', 'embargo'], batchesPerDossier: 120 }
  const watched = startThread(t, world)
  const writing = writeAll(world, written, { openMsMax: 50 })
  for (let kill = 1; kill <= 3; kill++) {
    await until(() => watched.turns === kill)
    await untilMoving(world)
    await watched.workers.at(-1)?.terminate()
    await until(() => watched.deaths.length === kill)
    t.equal(relayCheck(watched.thread).ok, false, 'as long as none runs, the process is not ready')
  }
  await writing
  await untilPublished(world)
  await expectExactlyOnce(t, world, written)
  await until(() => watched.thread.backlog?.rows === 0)
  t.match(relayCheck(watched.thread), { ok: true, detail: /^leading; 0 rows/ })
  t.ok(watched.published > 0, 'what it publishes is counted')

  await watched.thread[Symbol.asyncDispose]()
  t.equal(watched.deaths.length, 3, 'that it was asked to stop is no death')
  t.ok(watched.workers.every(hasEnded))
  await until(async () => {
    const [row] = await world.rows<{ free: boolean }>('select pg_try_advisory_lock(7301200) as free')
    return row?.free ?? false
  })
})

t.test(
  'a thread that cannot begin is started again and again, and does not keep its process from stopping',
  async (t) => {
    const world = await openOutboxWorld(t)
    const watched = startThread(t, world, ['127.0.0.1:1'])
    await until(() => watched.workers.length === 2)
    t.match(watched.deaths, [/No Kafka answers at 127\.0\.0\.1:1/])
    t.equal(watched.thread.state, 'failing')
    await watched.thread[Symbol.asyncDispose]()
    t.ok(watched.workers.every(hasEnded))
  },
)

t.test('a thread whose Kafka hangs is not waited for without end; nothing is lost', async (t) => {
  const { kafkaBrokers: brokers, databaseUrl, kafka } = await ownStack(t)
  const world = await openOutboxWorld(t, { brokers, databaseUrl, topicPrefix: '' })
  const written = { dossiers: ['war'], batchesPerDossier: 2 }
  const watched = startThread(t, world)
  await writeBatch(world.client, 'war', 0)
  await untilPublished(world)
  await kafka.kill('SIGSTOP')
  await writeBatch(world.client, 'war', 1)
  await until(async () => {
    const [row] = await world.rows<{ n: number }>(
      'select count(*)::int as n from ledger.outbox where published_at is null and sequence is not null',
    )
    return row?.n === 2
  })
  await watched.thread[Symbol.asyncDispose]()
  t.ok(watched.workers.every(hasEnded))
  await kafka.kill('SIGCONT')

  startThread(t, world)
  await untilPublished(world)
  await expectExactlyOnce(t, world, written)
})
