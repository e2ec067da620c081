import kafkajs from 'kafkajs'
import t, { test } from 'tap'
import { gzipSync } from 'node:zlib'
import { registerCodecs } from '#libs/kafka/codecs.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { followTopics } from '#libs/kafka/follow-topics.js'
import type { KafkaRecord } from '#libs/kafka/records.js'
import { FOREIGN_CODECS, publishWith } from './foreign-codecs.js'
import { testKafka } from './kafka.js'

t.setTimeout(180_000) // a bound for a busy machine

async function publish(kafka: KafkaConnection, values: readonly string[], compression = kafkajs.CompressionTypes.None) {
  const producer = kafka.client.producer({ createPartitioner: () => () => 0 })
  await producer.connect()
  const messages = values.map((value) => ({ key: 'k', value, headers: { from: 'stranger' } }))
  await producer.send({ topic: kafka.topicName('registry'), messages, compression })
  await producer.disconnect()
}

async function readAll(kafka: KafkaConnection): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = []
  await using follower = await followTopics(kafka, {
    name: 'test',
    topics: [{ role: 'registry', from: 'beginning' }],
    onBatch: (batch) => void records.push(...batch.records),
  })
  if (!(await follower.waitUntilCaughtUp(20_000))) throw new Error('the follower did not come to the end')
  return records
}

const text = (record: KafkaRecord): string => record.unreadable ?? String(record.value)

for (const codec of Object.keys(FOREIGN_CODECS) as (keyof typeof FOREIGN_CODECS)[]) {
  test(`each record of a batch compressed with ${codec} is surfaced at its offset as unreadable, and reading goes on`, async (t) => {
    const kafka = await testKafka(t)
    await publish(kafka, ['before'])
    publishWith(codec)
    const strange = ['one', 'two', 'x'.repeat(400)]
    await publish(kafka, strange, kafkajs.CompressionTypes[codec])
    registerCodecs()
    await publish(kafka, ['after'])

    const records = await readAll(kafka)
    const reason = `compressed with ${codec.toLowerCase()}`
    t.same(records.map(text), ['before', reason, reason, reason, 'after'])
    t.same(
      records.map(({ offset }) => offset),
      [0n, 1n, 2n, 3n, 4n],
    )
    t.same(
      records.slice(1, 4).map(({ key, value }) => [key, value]),
      [
        [null, null],
        [null, null],
        [null, null],
      ],
    )
    t.ok(records.every(({ recordedAt }) => recordedAt > Date.parse('2020-01-01') && recordedAt < Date.now() + 60_000))
    t.equal(String(records[0]?.headers?.from), 'stranger')
  })
}

test('gzip is read; a gzip batch that would expand beyond all bounds is unreadable', async (t) => {
  const kafka = await testKafka(t)
  await publish(kafka, ['readable 1', 'readable 2'], kafkajs.CompressionTypes.GZIP)
  const bomb = 'x'.repeat(40 * 1024 * 1024)
  t.ok(gzipSync(bomb).length < 100_000)
  await publish(kafka, [bomb], kafkajs.CompressionTypes.GZIP)
  await publish(kafka, ['after'])
  t.same((await readAll(kafka)).map(text), [
    'readable 1',
    'readable 2',
    'gzip that cannot be expanded within bounds',
    'after',
  ])
})
