import t, { test } from 'tap'
import { connectKafka, nameOf } from '#libs/kafka/connect-kafka.js'
import { checkTopics, endOffsets, ensureTopics } from '#libs/kafka/topics.js'
import { testKafka } from './kafka.js'

t.setTimeout(180_000) // a bound for a busy machine

test('topics are made as the design has them, and pass their own check; making them again changes nothing', async (t) => {
  const kafka = await testKafka(t, [])
  t.same(await ensureTopics(kafka), ['registry', 'reports', 'statements', 'positions', 'changes'])
  await checkTopics(kafka)
  t.same(await ensureTopics(kafka), [])
  t.same(
    [...(await endOffsets(kafka, ['statements'])).values()],
    Array.from({ length: 12 }, () => 0n),
  )
})

test('a topic that is missing is named with the command that makes it', async (t) => {
  const kafka = await testKafka(t, ['registry'])
  await t.rejects(checkTopics(kafka, ['registry', 'reports']), {
    code: 'TOPIC_MISSING',
    message: new RegExp(`kafka-topics\\.sh .*--create --topic ${nameOf(kafka.config, 'reports')} --partitions 6`),
  })
})

test('a topic that forgets, or keeps the time of the writer, is refused with the command that mends it', async (t) => {
  const kafka = await testKafka(t, [])
  const configEntries = [
    { name: 'retention.ms', value: '60000' },
    { name: 'message.timestamp.type', value: 'CreateTime' },
  ]
  await kafka.admin.createTopics({ topics: [{ topic: kafka.topicName('registry'), numPartitions: 3, configEntries }] })
  const refusal = await checkTopics(kafka, ['registry']).catch((error: unknown) => error as Error & { code: string })
  t.match(refusal, { code: 'TOPIC_MISCONFIGURED' })
  t.match(refusal?.message, /retention\.ms=60000, not -1\. Mend it: kafka-configs\.sh .* --add-config retention\.ms=-1/)
  t.match(refusal?.message, /--add-config message\.timestamp\.type=LogAppendTime/)
  t.match(refusal?.message, /has 3 partitions, not 1/)
})

test('a Kafka that does not answer is named with its address', async (t) => {
  const config = { brokers: ['127.0.0.1:1'], topicPrefix: '', clientId: 'test', ssl: false }
  await t.rejects(connectKafka(config), { code: 'KAFKA_UNREACHABLE', message: /127\.0\.0\.1:1/ })
})
