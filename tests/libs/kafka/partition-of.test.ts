import kafkajs from 'kafkajs'
import { test } from 'tap'
import { partitionOf } from '#libs/kafka/partition-of.js'

test('a key has the partition that the Java client gives it', (t) => {
  // from Apache Kafka's own UtilsTest: murmur2 of these texts, made positive, modulo a number of partitions
  t.equal(partitionOf('21', 1_000_000_007), (-973932308 & 0x7fffffff) % 1_000_000_007)
  t.equal(partitionOf('foobar', 1_000_000_007), (-790332482 & 0x7fffffff) % 1_000_000_007)
  t.equal(partitionOf('a-little-bit-long-string', 1_000_000_007), (-985981536 & 0x7fffffff) % 1_000_000_007)
  t.end()
})

test('a key has the partition that kafkajs gives it, whatever its length and bytes', (t) => {
  const partitioner = kafkajs.Partitioners.DefaultPartitioner()
  const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }))
  for (let n = 0; n < 500; n++) {
    const key = Array.from({ length: n % 23 }, (_, i) => String.fromCodePoint(33 + ((n * 131 + i * 977) % 1_200))).join(
      '',
    )
    t.equal(partitionOf(key, 12), partitioner({ topic: 'any', partitionMetadata, message: { key, value: '' } }), key)
  }
  t.end()
})
