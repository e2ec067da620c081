import t, { test } from 'tap'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { followTopics } from '#libs/kafka/follow-topics.js'
import { openPublisher } from '#libs/kafka/publisher.js'
import type { KafkaRecord, RecordPlace } from '#libs/kafka/records.js'
import { testKafka } from './kafka.js'

t.setTimeout(180_000) // a bound for a busy machine

/** Everything on a topic, by `partition/offset`. */
async function everythingOn(
  kafka: KafkaConnection,
  role: 'registry' | 'statements',
): Promise<Map<string, KafkaRecord>> {
  const records = new Map<string, KafkaRecord>()
  await using follower = await followTopics(kafka, {
    name: 'test',
    topics: [{ role, from: 'beginning' }],
    onBatch: (batch) => batch.records.forEach((record) => records.set(`${batch.partition}/${record.offset}`, record)),
  })
  if (!(await follower.waitUntilCaughtUp(20_000))) throw new Error('not caught up')
  return records
}

const place = ({ partition, offset }: RecordPlace): string => `${partition}/${offset}`

test('many publish at once: each record is written once, and each caller is told where it stands', async (t) => {
  const kafka = await testKafka(t, ['statements'])
  await using publisher = await openPublisher(kafka, { sendRecordsMax: 97 })
  const values = Array.from({ length: 5_000 }, (_, n) => ({ key: `dossier-${n % 40}`, value: `value ${n}` }))
  const places: RecordPlace[] = []
  // in waves, so that sends of all sizes and moments happen
  await Promise.all(
    values.map(async ({ key, value }, n) => {
      await new Promise((resolve) => setTimeout(resolve, (n * 7) % 300))
      places[n] = await publisher.publish({ topicRole: 'statements', key, value })
    }),
  )
  const written = await everythingOn(kafka, 'statements')
  t.equal(written.size, values.length)
  const misplaced = values.filter(({ value }, n) => String(written.get(place(places[n]!))?.value) !== value)
  t.same(misplaced, [])
  t.same(publisher.waiting(), { records: 0, bytes: 0 })
})

test('records of one key keep the order of the calls', async (t) => {
  const kafka = await testKafka(t, ['registry'])
  await using publisher = await openPublisher(kafka, { sendRecordsMax: 50 })
  const values = Array.from({ length: 1_000 }, (_, n) => String(n))
  await Promise.all(values.map((value) => publisher.publish({ topicRole: 'registry', key: 'one', value })))
  const written = await everythingOn(kafka, 'registry')
  t.same(
    [...written.values()].map((record) => String(record.value)),
    values,
  )
})

test('what does not fit into the queue is refused at once, and nothing of it is written', async (t) => {
  const kafka = await testKafka(t, ['registry'])
  await using publisher = await openPublisher(kafka, { queueRecordsMax: 10 })
  const results = await Promise.allSettled(
    Array.from({ length: 25 }, (_, n) => publisher.publish({ topicRole: 'registry', key: 'k', value: String(n) })),
  )
  const refused = results.filter((result) => result.status === 'rejected')
  t.equal(refused.length, 15)
  t.ok(refused.every((result) => (result.reason as { code: string }).code === 'PUBLISH_REFUSED'))
  t.equal((await everythingOn(kafka, 'registry')).size, 10)
})
