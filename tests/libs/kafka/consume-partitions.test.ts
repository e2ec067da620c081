import t, { test, type Test } from 'tap'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { consumePartitions, type ConsumeOptions, type PartitionConsumer } from '#libs/kafka/consume-partitions.js'
import { openPublisher } from '#libs/kafka/publisher.js'
import type { PartitionBatch, PartitionGap } from '#libs/kafka/records.js'
import { testKafka, until } from './kafka.js'

t.setTimeout(180_000) // a bound for a busy machine

/** A projector in small: it keeps what it has done, and its checkpoints move with it. */
class Ledger {
  readonly done = new Map<string, string[]>()
  readonly checkpoints = new Map<number, bigint>()
  readonly gaps: PartitionGap[] = []
  readonly failures: unknown[] = []

  apply({ partition, records, nextOffset }: PartitionBatch): void {
    const list = this.done.get(String(partition)) ?? []
    list.push(...records.map(({ value }) => String(value)))
    this.done.set(String(partition), list)
    this.checkpoints.set(partition, nextOffset)
  }
  count(): number {
    return [...this.done.values()].reduce((sum, list) => sum + list.length, 0)
  }
}

async function consume(
  t: Test,
  kafka: KafkaConnection,
  ledger: Ledger,
  options: Partial<ConsumeOptions> = {},
): Promise<PartitionConsumer> {
  const consumer = await consumePartitions(kafka, {
    groupId: `${kafka.config.topicPrefix}projector`,
    topics: ['statements'],
    checkpointsOf: (_role, partitions) =>
      Promise.resolve(new Map(partitions.map((partition) => [partition, ledger.checkpoints.get(partition) ?? 0n]))),
    onBatch: (batch) => {
      ledger.apply(batch)
      return Promise.resolve()
    },
    onGap: (gap) => void ledger.gaps.push(gap),
    onFailure: (error) => void ledger.failures.push(error),
    ...options,
  })
  t.teardown(() => consumer.close())
  return consumer
}

async function fill(kafka: KafkaConnection, count: number, from = 0, valueBytes = 10): Promise<void> {
  await using publisher = await openPublisher(kafka)
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      publisher.publish({
        topicRole: 'statements',
        key: `dossier-${(from + n) % 50}`,
        value: String(from + n).padEnd(valueBytes, ' '),
      }),
    ),
  )
}

/** Each record once, in the order of its partition. */
function isWhole(ledger: Ledger, count: number): boolean {
  const all = [...ledger.done.values()]
  return all.flat().length === count && new Set(all.flat()).size === count
}

test('everything is delivered once and in order, and a second consumer goes on from our checkpoints, not the group’s', async (t) => {
  const kafka = await testKafka(t, ['statements'])
  await fill(kafka, 3_000)
  const ledger = new Ledger()
  const first = await consume(t, kafka, ledger)
  await until(() => ledger.count() === 3_000)
  t.ok(isWhole(ledger, 3_000))
  await first.close()
  await fill(kafka, 500, 3_000)
  await consume(t, kafka, ledger)
  await until(() => ledger.count() >= 3_500)
  t.ok(isWhole(ledger, 3_500))
  for (const list of ledger.done.values())
    t.same(
      list.map(Number),
      list.map(Number).sort((a, b) => a - b),
    )
  t.same(ledger.gaps, [])
})

test('a batch that fails is read again from the checkpoint, and the other partitions go on meanwhile', async (t) => {
  const kafka = await testKafka(t, ['statements'])
  await fill(kafka, 1_000)
  const ledger = new Ledger()
  let failuresLeft = 3
  await consume(t, kafka, ledger, {
    onBatch: (batch) => {
      if (batch.partition === 4 && failuresLeft-- > 0) return Promise.reject(new Error('the database is away'))
      ledger.apply(batch)
      return Promise.resolve()
    },
  })
  await until(() => ledger.count() === 1_000)
  t.ok(isWhole(ledger, 1_000))
  t.equal(ledger.failures.length, 3)
})

test('a handler that takes longer than the session keeps its partitions, and fetching ahead stays within its bound', async (t) => {
  const kafka = await testKafka(t, ['statements'])
  await fill(kafka, 4_000, 0, 1_000)
  const ledger = new Ledger()
  let slow = 1
  let fetchedBytesMax = 0
  let fetchedBytes = () => 0
  const consumer = await consume(t, kafka, ledger, {
    sessionMs: 1_500,
    concurrency: 1,
    fetchAheadBytesMax: 100_000,
    batchRecordsMax: 100,
    onBatch: async (batch) => {
      fetchedBytesMax = Math.max(fetchedBytesMax, fetchedBytes())
      if (slow-- > 0) await new Promise((resolve) => setTimeout(resolve, 5_000))
      ledger.apply(batch)
    },
  })
  fetchedBytes = () => consumer.fetchedBytes()
  await until(() => ledger.count() >= 4_000, 40_000)
  t.ok(isWhole(ledger, 4_000), 'nothing was delivered twice: the group never gave our partitions away')
  t.same(ledger.failures, [])
  t.ok(fetchedBytesMax < 4_500_000, `${fetchedBytesMax} bytes`)
})

test('a paused partition is not delivered, and resumes at the checkpoint', async (t) => {
  const kafka = await testKafka(t, ['statements'])
  const ledger = new Ledger()
  const consumer = await consume(t, kafka, ledger)
  await until(() => consumer.flowing())
  for (const { role, partition } of consumer.assigned()) if (partition !== 0) consumer.pause(role, partition)
  await fill(kafka, 600)
  await until(() => ledger.done.has('0'))
  await new Promise((resolve) => setTimeout(resolve, 600))
  t.same([...ledger.done.keys()], ['0'])
  for (const { role, partition } of consumer.assigned()) if (partition !== 0) consumer.resume(role, partition)
  await until(() => ledger.count() === 600)
  t.ok(isWhole(ledger, 600))
})

test('a checkpoint beyond the end, as after a topic was made anew, is a gap and nothing is delivered', async (t) => {
  const kafka = await testKafka(t, ['statements'])
  await fill(kafka, 100)
  const ledger = new Ledger()
  for (let partition = 0; partition < 12; partition++) ledger.checkpoints.set(partition, 1_000n)
  await consume(t, kafka, ledger)
  await until(() => ledger.gaps.length === 12)
  t.ok(ledger.gaps.every(({ expected, found }) => expected === 1_000n && found <= 100n))
  t.equal(ledger.count(), 0)
})

test('records taken away under a running consumer are a gap, whose partition alone stops', async (t) => {
  const kafka = await testKafka(t, ['statements'])
  await fill(kafka, 1_000)
  const ledger = new Ledger()
  for (let partition = 0; partition < 12; partition++) ledger.checkpoints.set(partition, 1n)
  const busy = [...Array(12).keys()]
  const topic = kafka.topicName('statements')
  const ends = await kafka.admin.fetchTopicOffsets(topic)
  const victim = busy.find((partition) => Number(ends.find((end) => end.partition === partition)?.high) > 5) ?? 0
  await kafka.admin.deleteTopicRecords({ topic, partitions: [{ partition: victim, offset: '3' }] })
  await consume(t, kafka, ledger)
  await until(() => ledger.gaps.length > 0 && ledger.done.size >= 10)
  t.same(ledger.gaps, [{ topicRole: 'statements', partition: victim, expected: 1n, found: 3n }])
  t.notOk(ledger.done.has(String(victim)))
})

test('of what lies below a checkpoint as much is delivered again as was asked for and is still there', async (t) => {
  const kafka = await testKafka(t, ['statements'])
  await fill(kafka, 1_000)
  const topic = kafka.topicName('statements')
  const filled = (await kafka.admin.fetchTopicOffsets(topic)).filter(({ high }) => Number(high) > 5)
  const [whole, half, none] = filled.map(({ partition }) => partition)
  const ledger = new Ledger()
  for (let partition = 0; partition < 12; partition++) ledger.checkpoints.set(partition, 0n)
  for (const { partition } of filled) ledger.checkpoints.set(partition, 4n)
  const deleted = [
    { partition: half ?? -1, offset: '3' },
    { partition: none ?? -1, offset: '4' },
  ]
  await kafka.admin.deleteTopicRecords({ topic, partitions: deleted })
  const firstOffsets = new Map<number, bigint>()
  await consume(t, kafka, ledger, {
    rereadOffsets: 2n,
    onBatch: ({ partition, firstOffset }) => {
      if (!firstOffsets.has(partition)) firstOffsets.set(partition, firstOffset)
      return Promise.resolve()
    },
  })
  await until(() => [whole, half, none].every((partition) => firstOffsets.has(partition ?? -1)))
  t.strictSame(
    [whole, half, none].map((partition) => firstOffsets.get(partition ?? -1)),
    [2n, 3n, 4n],
  )
  t.strictSame(ledger.gaps, [])
})

test('two consumers of one group share the partitions, and when one leaves the other takes them over', async (t) => {
  const kafka = await testKafka(t, ['statements'])
  const ledger = new Ledger()
  const one = await consume(t, kafka, ledger)
  const other = await consume(t, kafka, ledger)
  await until(() => one.assigned().length === 6 && other.assigned().length === 6)
  await until(() => one.flowing() && other.flowing())
  await fill(kafka, 500)
  await until(() => ledger.count() >= 500)
  await one.close()
  await until(() => other.assigned().length === 12 && other.flowing())
  await fill(kafka, 500, 500)
  await until(() => ledger.count() >= 1_000)
  t.ok(isWhole(ledger, 1_000))
})
