import { pino } from 'pino'
import t, { type Test } from 'tap'
import { encodeEvent } from '#libs/contracts/cloud-event.js'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { ensureTopics, offsetRanges } from '#libs/kafka/topics.js'
import { openPool } from '#libs/postgres/database.js'
import { findFreePort } from '#libs/stack/ports.js'
import { buildApi } from '#services/api/app.js'
import { parseConfig } from '#services/api/config.js'
import { partitionOf } from '#tests/services/projector/records.js'
import { runLedger, type RunningLedger } from '#tests/services/projector/replay/running-ledger.js'
import { smallRegistry, statement } from '#tests/services/projector/world.js'
import { until, untilDone } from './faulty-ledger.js'

t.setTimeout(280_000) // a bound for a busy machine

const WAR = partitionOf('statements', 'war')
/** How many statements the ledger has when something happens to their topic: their checkpoint. */
const PROJECTED = 6

/** What is left below the checkpoint: the record by which the topic is known again, or nothing. */
for (const left of [1, 0])
  t.test(`records deleted below the checkpoint, ${left} left there: they are not missed`, async (t) => {
    const { ledger, kafka } = await stoppedLedger(t)
    await deleteBefore(kafka, PROJECTED - left)
    await ledger.projector.restart({})
    await put(ledger, statement('later'))
    await ledger.untilProjected()
    t.equal(await checkpoint(ledger), PROJECTED + 1)
  })

t.test('records deleted before they were projected: it halts, and says which is missing', async (t) => {
  const { ledger, kafka, haltsAtStart } = await stoppedLedger(t)
  for (const id of ['lost', 'lost-too', 'left']) await put(ledger, statement(id))
  await deleteBefore(kafka, PROJECTED + 2)
  await haltsAtStart(t, /is 8, but 6 is next: records were deleted before they were projected.*retention\.ms to -1/)
  t.equal(await checkpoint(ledger), PROJECTED)
})

t.test(
  'a topic that was made anew: it halts while that is shorter, by one record too, and when it is as long',
  async (t) => {
    const { ledger, kafka, haltsAtStart } = await stoppedLedger(t)
    await kafka.admin.deleteTopics({ topics: [kafka.topicName('statements')] })
    await untilDone(async () => {
      if ((await ensureTopics(kafka, ['statements'])).length === 0) throw new Error('the old one is still there')
    })
    await haltsAtStart(t, /is offset 0, before the checkpoint 6: .*made anew.*restore the topic from the journal/)
    await ledger.projector.stop()
    for (let n = 0; n < PROJECTED - 1; n++) await put(ledger, statement(`another-${n}`))
    await haltsAtStart(t, /is offset 5, before the checkpoint 6/)
    await ledger.projector.stop()
    await put(ledger, statement('another'))
    await haltsAtStart(t, /record at offset 5 of partition \d+ of the statements topic is not the one in the journal/)
    t.equal(await checkpoint(ledger), PROJECTED)
  },
)

/** A ledger with some statements, whose projector is not running; and what must hold once it has halted. */
async function stoppedLedger(t: Test) {
  const ledger = await runLedger(t)
  const { KAFKA_BROKERS = '', TOPIC_PREFIX: topicPrefix = '' } = ledger.env
  const kafka = await connectKafka({ brokers: KAFKA_BROKERS.split(','), topicPrefix, clientId: 'faults', ssl: false })
  t.teardown(() => kafka.close())
  await ledger.publish(smallRegistry())
  for (let n = 0; n < PROJECTED; n++) await put(ledger, statement(`s-${n}`, { day: `2022-10-1${n}` }))
  await ledger.untilProjected()
  const readPositions = await positionsReader(t, ledger)
  const before = await readPositions()
  await ledger.projector.stop()
  const haltsAtStart = async (t: Test, reason: RegExp): Promise<void> => {
    const port = await findFreePort()
    await ledger.projector.restart({ PROJECTOR_PORT: String(port), LOG_LEVEL: 'silent' })
    await until(async () => (await haltedBy(port)) !== undefined, 'the projector halts')
    t.match(await haltedBy(port), reason, 'readiness says why, and what to do')
    t.match(before, { statusCode: 200, payload: /"matter":"irn-rus\.uav"/ })
    t.same(await readPositions(), before, 'reads go on')
  }
  return { ledger, kafka, haltsAtStart }
}

const put = (ledger: RunningLedger, one: EventOf<EventType>): Promise<number> =>
  ledger.put('statements', WAR, 'war', encodeEvent(one as never))

const deleteBefore = async (kafka: KafkaConnection, offset: number): Promise<void> => {
  await offsetRanges(kafka, ['statements']) // kafkajs deletes only where it knows the leader already
  await kafka.admin.deleteTopicRecords({
    topic: kafka.topicName('statements'),
    partitions: [{ partition: WAR, offset: String(offset) }],
  })
}

const checkpoint = async (ledger: RunningLedger): Promise<number | undefined> => {
  const rows = await ledger.rows<{ next: number }>(
    `select next_offset as next from ledger.checkpoint where topic = 'statements' and partition = $1`,
    [WAR],
  )
  return rows[0]?.next
}

/** What its readiness gives as the reason why it does not project; undefined while it does, or does not answer. */
const haltedBy = async (port: number): Promise<string | undefined> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) })
    const { ready, checks } = (await response.json()) as Readiness
    return response.status === 503 && !ready
      ? checks.find(({ name, ok }) => name === 'projecting' && !ok)?.detail
      : undefined
  } catch {
    return undefined
  }
}

interface Readiness {
  readonly ready: boolean
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[]
}

const positionsReader = async (t: Test, { databaseUrl }: RunningLedger) => {
  const config = parseConfig({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent' })
  const pool = openPool(config.database, { applicationName: 'faults', onIdleError: () => undefined })
  const { app } = await buildApi(config, { pool, logger: pino({ level: 'silent' }) })
  t.teardown(async () => {
    await app.close()
    await pool.end().catch(() => undefined)
  })
  return async () => {
    const { statusCode, payload } = await app.inject({ method: 'GET', url: '/v1/positions?dossier=war' })
    return { statusCode, payload }
  }
}
