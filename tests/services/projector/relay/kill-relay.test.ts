import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { randomBy } from '../generated-events.js'
import {
  expectExactlyOnce,
  openOutboxWorld,
  ownStack,
  untilMoving,
  untilPublished,
  writeAll,
  type OutboxWorld,
} from './outbox-world.js'

t.setTimeout(240_000) // a bound for a busy machine

const SERVER = fileURLToPath(new URL('../../../../services/projector/relay/server.js', import.meta.url))

const startRelay = (t: Test, world: OutboxWorld): ChildProcess => {
  const relay = spawn(process.execPath, [SERVER], {
    env: {
      ...process.env,
      KAFKA_BROKERS: world.brokers.join(','),
      DATABASE_URL: world.databaseUrl,
      TOPIC_PREFIX: world.topicPrefix,
      RELAY_PORT: '0',
      LOG_LEVEL: 'fatal',
      // small transactions, so that a kill meets every part of one
      RELAY_BATCH_ROWS_MAX: '6',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  t.teardown(() => relay.kill('SIGKILL'))
  return relay
}

const killed = async (relay: ChildProcess): Promise<void> => {
  relay.kill('SIGKILL')
  await once(relay, 'exit')
}

t.test('relays are killed in the middle of transactions, one is stopped and wakes up as a zombie', async (t) => {
  const world = await openOutboxWorld(t)
  const written = { dossiers: ['war', 'treaty', 'embargo'], batchesPerDossier: 250 }
  const random = randomBy(11)
  const writing = writeAll(world, written, { openMsMax: 50, random })
  let relay = startRelay(t, world)
  for (let kill = 0; kill < 4; kill++) {
    await untilMoving(world)
    await setTimeout(random() * 300)
    await killed(relay)
    relay = startRelay(t, world)
  }

  await untilMoving(world)
  const zombie = relay
  zombie.kill('SIGSTOP')
  await world.client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'statement-ledger relay' and datname = current_database()`,
  )
  relay = startRelay(t, world)
  await untilMoving(world)
  zombie.kill('SIGCONT')
  await writing
  await untilPublished(world)
  await expectExactlyOnce(t, world, written)

  const exit = once(relay, 'exit')
  relay.kill('SIGTERM')
  t.same(await exit, [0, null], 'a relay that is asked to stop stops in order')
  await killed(zombie)
})

t.test('Kafka and Postgres are killed while a relay publishes', async (t) => {
  const { kafkaBrokers: brokers, databaseUrl, kafka, postgres } = await ownStack(t)
  const world = await openOutboxWorld(t, { brokers, databaseUrl, topicPrefix: '' })
  const written = { dossiers: ['war', 'treaty', 'embargo'], batchesPerDossier: 150 }
  const writing = writeAll(world, written, { openMsMax: 60 })
  const relay = startRelay(t, world)
  await untilMoving(world)

  // commits that Kafka has confirmed and whose markers it has not written yet
  await kafka.kill('SIGKILL')
  await kafka.restart()
  await untilMoving(world)

  await postgres.kill('SIGKILL')
  await postgres.restart()
  await untilMoving(world)
  await writing
  await untilPublished(world)
  await expectExactlyOnce(t, world, written)
  t.equal(relay.exitCode, null, 'one relay has outlived all of it')
})
