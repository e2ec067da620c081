import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { SOURCE_TOPIC_ROLES } from '#libs/contracts/topics.js'
import { encodeEvent } from '#libs/contracts/cloud-event.js'
import { topicOfType } from '#libs/contracts/events.js'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { openPublisher, type Publisher } from '#libs/kafka/publisher.js'
import { endOffsets, ensureTopics } from '#libs/kafka/topics.js'
import { connect } from '#libs/postgres/database.js'
import { migrate } from '#libs/postgres/migrate.js'
import { testStack } from '#tests/stack.js'
import { amendedEvents } from './amended-events.js'
import { openTestProjector, type TestProjector } from './project-log.js'
import { foldedFromStates } from './read-model.js'
import { randomBy } from './generated-events.js'

const world = { actors: 8, dossiers: 12, mattersPerDossier: 5 }
const SERVER = fileURLToPath(new URL('../../../services/projector/server.js', import.meta.url))

t.test('a projector that is killed while records come in loses nothing and applies nothing twice', async (t) => {
  const { brokers, databaseUrl, topicPrefix } = await testStack(t)
  const config = { url: databaseUrl, poolSizeMax: 2, statementMsMax: 30_000, connectMsMax: 5_000 }
  const client = await connect(config, { applicationName: 'ledger tests', onIdleError: () => undefined })
  await migrate(client)
  await client.end()
  await using kafka = await connectKafka({ brokers, clientId: 'tests', topicPrefix, ssl: false })
  await ensureTopics(kafka, SOURCE_TOPIC_ROLES)
  await using publisher = await openPublisher(kafka)
  await using database = await openTestProjector(config)
  const environment = {
    ...process.env,
    KAFKA_BROKERS: brokers.join(','),
    DATABASE_URL: databaseUrl,
    TOPIC_PREFIX: topicPrefix,
    PROJECTOR_PORT: '0',
    LOG_LEVEL: 'warn',
    // small batches, so that a kill meets every part of a transaction
    BATCH_RECORDS_MAX: '200',
  }
  const random = randomBy(7)
  let projector = start(environment)
  t.teardown(() => projector.kill('SIGKILL'))
  const events = amendedEvents(world, { count: 4_000, seed: 5 })
  const publishing = publishAll(publisher, events)
  for (let kill = 0; kill < 4; kill++) {
    await setTimeout(1_500 + random() * 1_500)
    projector.kill('SIGKILL')
    await once(projector, 'exit')
    projector = start(environment)
  }
  await publishing
  await untilProjected(kafka, database)

  t.same(await database.rows('select count(*)::int as n from ledger.journal'), [{ n: events.length }])
  const [{ twice } = {}] = await database.rows(
    `select count(*)::int as twice from (select unnest(applied_records) as place, id from statement) as applied
      group by place, id having count(*) > 1`,
  )
  t.equal(twice, undefined, 'no event took effect twice')
  const folded = await foldedFromStates(database)
  const ids = await database.rows('select id from change where not revoked order by id')
  t.same(
    ids.map(({ id }) => id),
    folded.changes,
  )
  const positions = await database.rows('select actor, matter, facet, value, statement_id from position')
  t.same(positions.map((row) => Object.values(row).join(' ')).sort(), folded.positions)
  const exit = once(projector, 'exit')
  projector.kill('SIGTERM')
  t.same(await exit, [0, null], 'a projector that is asked to stop stops in order')
})

const start = (env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'ignore', 'inherit'] })

const publishAll = async (publisher: Publisher, events: ReturnType<typeof amendedEvents>): Promise<void> => {
  for (let from = 0; from < events.length; from += 50) {
    await Promise.all(
      events.slice(from, from + 50).map((one) =>
        publisher.publish({
          topicRole: topicOfType(one.type) ?? 'statements',
          key: one.partitionkey,
          value: encodeEvent(one as never),
        }),
      ),
    )
    await setTimeout(50)
  }
}

const untilProjected = async (kafka: KafkaConnection, database: TestProjector): Promise<void> => {
  const ends = await endOffsets(kafka, SOURCE_TOPIC_ROLES)
  for (let attempt = 0; attempt < 300; attempt++) {
    const rows = await database.rows('select topic, partition, next_offset from ledger.checkpoint')
    const reached = new Map(rows.map((row) => [`${String(row.topic)}/${String(row.partition)}`, row.next_offset]))
    if ([...ends].every(([key, end]) => Number(end) === (reached.get(key) ?? 0))) return
    await setTimeout(200)
  }
  throw new Error('the projector did not reach the ends of the topics within a minute')
}
