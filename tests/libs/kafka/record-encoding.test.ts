import t, { type Test } from 'tap'
import { followTopics } from '#libs/kafka/follow-topics.js'
import { encodeRecord, encodeSlowly, type EncodableRecord } from '#libs/kafka/record-encoding.js'
import type { KafkaRecord } from '#libs/kafka/records.js'
import { openTransactionalProducer } from '#libs/kafka/transactional-producer.js'
import { randomBy } from '#tests/services/projector/generated-events.js'
import { testKafka } from './kafka.js'

t.setTimeout(120_000) // a bound for a busy machine

const isSame = (t: Test, record: EncodableRecord): void => {
  const [ours, theirs] = [encodeRecord(record), encodeSlowly(record)]
  if (!ours.buffer.equals(theirs.buffer)) t.same(ours.buffer, theirs.buffer, JSON.stringify(record).slice(0, 200))
}

/** Around each length at which a number takes another byte, and at which text is written in another way. */
const LENGTHS = [0, 1, 23, 24, 25, 63, 64, 65, 127, 128, 8_191, 8_192, 8_193, 1_048_575, 1_048_576]

t.test('records are written as kafkajs writes them, byte for byte', (t) => {
  for (const length of LENGTHS)
    for (const letter of ['x', 'é', 'и', '\u{1f4a5}', '\ud800']) {
      const text = letter.repeat(length)
      isSame(t, { key: text, value: text, headers: { [text]: text, h: text } })
      isSame(t, { key: Buffer.from(text), value: Buffer.from(text) })
    }
  for (const offsetDelta of [0, 1, 63, 64, 8_191, 8_192, 1_000_000]) isSame(t, { offsetDelta, key: 'k', value: 'v' })
  isSame(t, {})
  isSame(t, { key: null, value: null, headers: {} })
  isSame(t, { key: 'k', value: null, timestampDelta: 12_345 })
  isSame(t, { key: 'k', value: 'v', headers: { many: ['one', 'two'], bytes: Buffer.from('three') } })

  const random = randomBy(23)
  const text = () =>
    String.fromCodePoint(...Array.from({ length: random() * 40 }, () => 1 + Math.floor(random() * 0x2fff)))
  for (let n = 0; n < 2_000; n++) {
    const headers = Object.fromEntries(Array.from({ length: random() * 6 }, () => [text(), text()]))
    isSame(t, { offsetDelta: n, key: text(), value: random() < 0.1 ? null : text(), headers })
  }
  t.end()
})

t.test('a broker takes them, and gives them back as they were', async (t) => {
  const kafka = await testKafka(t, ['changes'])
  const records = Array.from({ length: 3_000 }, (_, n) => ({
    topicRole: 'changes' as const,
    key: `dossier-${n % 7}`,
    value: n % 11 === 0 ? null : `${n} ${'и'.repeat(n % 200)}`,
    headers: { number: String(n), words: 'три слова' },
  }))
  const options = { transactionalId: `${kafka.config.topicPrefix}encoding`, roles: ['changes'] as const }
  await using producer = await openTransactionalProducer(kafka, options)
  await producer.publish(records)
  const read: KafkaRecord[] = []
  await using follower = await followTopics(kafka, {
    name: 'test',
    topics: [{ role: 'changes', from: 'beginning' }],
    onBatch: (batch) => void read.push(...batch.records),
  })
  t.ok(await follower.waitUntilCaughtUp(20_000))
  const numberOf = ({ headers }: KafkaRecord) => Number(headers?.number)
  t.same(
    read
      .sort((one, other) => numberOf(one) - numberOf(other))
      .map(({ key, value, headers }) => ({
        topicRole: 'changes',
        key: String(key),
        value: value && String(value),
        headers: { number: String(headers?.number), words: String(headers?.words) },
      })),
    records,
  )
})
