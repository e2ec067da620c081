import kafkajs, { type Message } from 'kafkajs'
import { CONTENT_TYPE } from '#libs/contracts/cloud-event.js'
import type { SourceTopicRole } from '#libs/contracts/topics.js'
import { TOPICS } from '#libs/contracts/topics.js'
import { connectKafka, nameOf } from '#libs/kafka/connect-kafka.js'
import { partitionOf } from '#libs/kafka/partition-of.js'
import { ensureTopics } from '#libs/kafka/topics.js'
import { DEFAULT_SEED, registryRecords, statementRecords, type BenchRecord } from './bench-events.js'

export interface ProduceTarget {
  readonly brokers: readonly string[]
  readonly topicPrefix: string
}

export interface Produced {
  readonly records: number
  /** Of the values. */
  readonly bytes: number
  /** Records in each partition. */
  readonly perPartition: readonly number[]
}

/** Makes all topics of the ledger under this prefix. */
export async function makeTopics(target: ProduceTarget): Promise<void> {
  await using kafka = await connectKafka({ ...target, clientId: 'bench', ssl: false })
  await ensureTopics(kafka)
}

/** Removes all topics under this prefix, with their records. */
export async function removeTopics(target: ProduceTarget): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [...target.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(target.topicPrefix))
    if (topics.length > 0) await admin.deleteTopics({ topics })
  } finally {
    await admin.disconnect()
  }
}

/** Loads the registry that the statements refer to. The topics must exist. */
export const produceRegistry = (target: ProduceTarget, seed = DEFAULT_SEED): Promise<Produced> =>
  produce(target, 'registry', registryRecords(seed))

/** Loads `count` statement events, in large batches without compression. The topics must exist. */
export const produceEvents = (target: ProduceTarget, count: number, seed = DEFAULT_SEED): Promise<Produced> =>
  produce(target, 'statements', statementRecords(count, seed))

/** Loads records of another making, in their order. The topics must exist. */
export const produceRecords = (
  target: ProduceTarget,
  role: SourceTopicRole,
  records: Iterable<BenchRecord>,
): Promise<Produced> => produce(target, role, records)

/** Records of one partition to a batch: below 1 MiB, the largest batch that a topic takes. */
const RECORDS_PER_BATCH = 1_000
const HEADERS = { 'content-type': CONTENT_TYPE }

async function produce(
  target: ProduceTarget,
  role: SourceTopicRole,
  records: Iterable<BenchRecord>,
): Promise<Produced> {
  const kafka = new kafkajs.Kafka({ brokers: [...target.brokers], clientId: 'bench', logLevel: kafkajs.logLevel.ERROR })
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  try {
    return await sendAll(producer, nameOf(target, role), TOPICS[role].partitions, records)
  } finally {
    await producer.disconnect()
  }
}

/** A partition's batch is sent when it is full; the rest at the end. One send at a time keeps the order. */
async function sendAll(
  producer: kafkajs.Producer,
  topic: string,
  partitions: number,
  records: Iterable<BenchRecord>,
): Promise<Produced> {
  const waiting: Message[][] = Array.from({ length: partitions }, () => [])
  const perPartition = waiting.map(() => 0)
  let bytes = 0
  const send = (messages: Message[]) => producer.send({ topic, messages, acks: -1 })
  for (const { key, value } of records) {
    const partition = partitionOf(key, partitions)
    const messages = waiting[partition] ?? []
    const encoded = Buffer.from(value)
    bytes += encoded.length
    perPartition[partition] = (perPartition[partition] ?? 0) + 1
    messages.push({ key, value: encoded, headers: HEADERS, partition })
    if (messages.length >= RECORDS_PER_BATCH) await send(messages.splice(0))
  }
  for (const messages of waiting) if (messages.length > 0) await send(messages)
  return { records: perPartition.reduce((sum, count) => sum + count, 0), bytes, perPartition }
}
