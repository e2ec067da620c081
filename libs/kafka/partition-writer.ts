import type { TopicRole } from '#libs/contracts/topics.js'
import type { KafkaConnection } from './connect-kafka.js'
import { PRODUCER_SETTINGS } from './producer-settings.js'

export interface RecordToAppend {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Kept only while the topic takes the instants that records bring (own-timestamps.ts). */
  readonly timestampMs: number
}

export interface PartitionWriter extends AsyncDisposable {
  /** Appends records to a partition, whatever their keys. @returns the offset that the broker gave the first of them */
  append(role: TopicRole, partition: number, records: readonly RecordToAppend[]): Promise<number>
}

/** For putting records back where they were: acknowledged, idempotent, one append at a time. */
export async function openPartitionWriter(kafka: KafkaConnection): Promise<PartitionWriter> {
  const producer = kafka.client.producer(PRODUCER_SETTINGS)
  await producer.connect()
  return {
    append: async (role, partition, records) => {
      const [written] = await producer.send({
        topic: kafka.topicName(role),
        acks: -1,
        messages: records.map(({ key, value, timestampMs }) => ({
          partition,
          key,
          value,
          timestamp: String(timestampMs),
        })),
      })
      return Number(written?.baseOffset ?? -1)
    },
    [Symbol.asyncDispose]: () => producer.disconnect(),
  }
}
