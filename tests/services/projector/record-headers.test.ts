import t from 'tap'
import { encodeEvent } from '#libs/contracts/cloud-event.js'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { openTestProjector } from './project-log.js'
import { Log, partitionOf } from './records.js'
import { runLedger } from './replay/running-ledger.js'
import { smallRegistry, statement } from './world.js'

t.teardown(dropTemplate)
t.setTimeout(120_000) // a bound for a busy machine

const USUAL = { 'content-type': 'application/cloudevents+json; charset=utf-8' }

/** Headers as a stranger may send them, and what the journal keeps of them: values in base64, each header as a list. */
const CASES: readonly (readonly [Record<string, string | Buffer | string[]> | undefined, object | null])[] = [
  [USUAL, null],
  [undefined, {}],
  [
    { ...USUAL, tracestate: 'a=1' },
    { 'content-type': [base64(USUAL['content-type'])], tracestate: ['YT0x'] },
  ],
  [
    { several: ['a', 'b'], bytes: Buffer.from([0xff, 0]) },
    { several: ['YQ==', 'Yg=='], bytes: ['/wA='] },
  ],
  [{ empty: '' }, { empty: [''] }],
  [
    { constructor: 'b', 'NUL\0': 'a' },
    { constructor: ['Yg=='], 'NUL\0': ['YQ=='] },
  ],
]

t.test('the journal keeps the headers of a record as they came, and none of them is in the way of it', async (t) => {
  const ledger = await runLedger(t)
  await ledger.publish(smallRegistry())
  const { KAFKA_BROKERS = '', TOPIC_PREFIX: topicPrefix = '' } = ledger.env
  await using kafka = await connectKafka({ brokers: KAFKA_BROKERS.split(','), topicPrefix, clientId: 't', ssl: false })
  const producer = kafka.client.producer()
  await producer.connect()
  t.teardown(() => producer.disconnect())
  const partition = partitionOf('statements', 'war')
  for (const [index, [headers]] of CASES.entries())
    await producer.send({
      topic: kafka.topicName('statements'),
      messages: [
        {
          ...{ partition, key: 'war', value: encodeEvent(statement(`s-${index}`)) },
          ...(headers && { headers }),
        },
      ],
    })
  await ledger.untilProjected()
  const rows = await ledger.rows<{ headers: string | null; outcome: string }>(
    `select record_headers as headers, outcome
       from ledger.journal
       join generation_1.record_outcome using (topic, partition, record_offset)
      where topic = 'statements'
      order by record_offset`,
  )
  t.strictSame(
    rows.map(({ headers }) => headers),
    CASES.map(([, kept]) => (kept === null ? null : JSON.stringify(kept))),
  )
  t.strictSame(
    rows.map(({ outcome }) => outcome),
    CASES.map(() => 'applied'),
  )
})

t.test('a header may have no value, which kafkajs reads but does not write', async (t) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const headers = { none: null, mixed: [Buffer.from('a'), null] } as never
  await projector.project([new Log().put('reports', 0, 'a', 'not JSON', { headers })])
  const [row] = await projector.rows('select record_headers from ledger.journal')
  t.strictSame(JSON.parse(String(row?.record_headers)), { none: [null], mixed: ['YQ==', null] })
})

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
