import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'

export interface BareRoundTrip extends AsyncDisposable {
  /** Produces one record and waits until the consumer has it. */
  once(value: string): Promise<void>
}

/** Plain kafkajs, one producer and one consumer on a topic of one partition: the least that a record can take. */
export async function openBareRoundTrip(target: {
  readonly brokers: readonly string[]
  readonly topicPrefix: string
}): Promise<BareRoundTrip> {
  const kafka = new kafkajs.Kafka({
    brokers: [...target.brokers],
    clientId: 'bench-bare',
    logLevel: kafkajs.logLevel.ERROR,
  })
  const topic = `${target.topicPrefix}bare`
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true })
  await admin.disconnect()
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}` })
  const waiting = new Map<string, () => void>()
  await producer.connect()
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ message }) => {
      const key = String(message.key)
      waiting.get(key)?.()
      waiting.delete(key)
      return Promise.resolve()
    },
  })
  return {
    once: async (value) => {
      const key = randomUUID()
      const arrived = new Promise<void>((resolve) => waiting.set(key, resolve))
      await producer.send({ topic, acks: -1, messages: [{ key, value }] })
      await arrived
    },
    [Symbol.asyncDispose]: async () => {
      await consumer.disconnect()
      await producer.disconnect()
    },
  }
}
