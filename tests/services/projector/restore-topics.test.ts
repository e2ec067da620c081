import t from 'tap'
import { SOURCE_TOPIC_ROLES } from '#libs/contracts/topics.js'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { ensureTopics } from '#libs/kafka/topics.js'
import { partitionOf } from './records.js'
import { fillWithTrouble } from './replay/troubled-log.js'
import { runLedger } from './replay/running-ledger.js'
import { statement } from './world.js'

const STATEMENTS = 200

t.setTimeout(120_000) // a bound for a busy machine

t.test('topics that were made anew are restored from the journal, and projecting goes on', async (t) => {
  const ledger = await runLedger(t)
  await using kafka = await connectKafka({
    brokers: (ledger.env.KAFKA_BROKERS ?? '').split(','),
    topicPrefix: ledger.env.TOPIC_PREFIX ?? '',
    clientId: 'tests',
    ssl: false,
  })
  await fillWithTrouble(ledger, STATEMENTS)
  const live = await ledger.modelOf(1)
  t.match(await ledger.ledger('restore-topics'), { code: 0, out: /nothing was restored/ })
  await ledger.projector.stop()
  await makeAnew(kafka)

  const other = partitionOf('statements', 'dossier-0')
  await ledger.put('statements', other, 'dossier-0', '{"another":"record"}')
  t.match(await ledger.ledger('restore-topics'), { code: 1, err: /is not the one in the journal/ })
  await makeAnew(kafka)

  const { code, out, err } = await ledger.ledger('restore-topics', '--json')
  t.equal(code, 0, err)
  const [{ records }] = (await ledger.rows<{ records: number }>(
    'select count(*)::int as records from ledger.journal',
  )) as [{ records: number }]
  t.equal((JSON.parse(out) as { restored: number }).restored, records)

  const replay = await ledger.ledger('replay', '--from', 'kafka', '--json')
  t.equal(replay.code, 0, `a replay from the topics finds every record where the journal has it: ${replay.err}`)
  await ledger.projector.restart({})
  await ledger.publish([statement('afterwards', { dossier: 'dossier-0', stances: [] })])
  await ledger.untilProjected()
  t.same((await ledger.modelOf(1)).positions, live.positions, 'the projector goes on behind it')
})

/** As after a cluster was lost: topics of the same names, empty. */
async function makeAnew(kafka: KafkaConnection): Promise<void> {
  await kafka.admin.deleteTopics({ topics: SOURCE_TOPIC_ROLES.map((role) => kafka.topicName(role)) })
  const names = new Set(SOURCE_TOPIC_ROLES.map((role) => kafka.topicName(role)))
  const giveUpAt = Date.now() + 20_000
  while ((await kafka.admin.listTopics()).some((name) => names.has(name)) && Date.now() < giveUpAt)
    await new Promise((resolve) => setTimeout(resolve, 100))
  await ensureTopics(kafka, SOURCE_TOPIC_ROLES)
}
