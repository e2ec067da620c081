import kafkajs, { type Message, type Producer } from 'kafkajs'
import { TOPICS, type TopicRole } from '#libs/contracts/topics.js'
import type { KafkaConnection } from './connect-kafka.js'
import { partitionOf } from './partition-of.js'
import { PRODUCER_SETTINGS } from './producer-settings.js'

export interface TransactionRecord {
  readonly topicRole: TopicRole
  readonly key: string
  /** Null: a tombstone. */
  readonly value: string | null
  readonly headers: Record<string, string>
}

export interface TransactionalProducer extends AsyncDisposable {
  /**
   * Writes records in one transaction, those of a partition in the order given: readers of committed records see all of
   * them or none.
   * @throws what Kafka says. Whether they were committed is then open, and this producer must be closed: the next one
   *   with its id settles it.
   */
  publish(records: readonly TransactionRecord[]): Promise<void>
  close(): Promise<void>
}

/**
 * The one producer that has this transactional id. Once it is open, each earlier one is fenced, and what that had under
 * way has been committed or aborted on every partition of these topics.
 *
 * The latter takes more than opening a producer. A broker that was killed between a commit and its markers writes these
 * when it starts again, but leaves out partitions that it does not lead yet; the records there then stay open and would be
 * committed with whatever comes next. So a first transaction writes to every partition, and is aborted, and with it what was
 * left open. A second producer opens once that is done.
 */
export async function openTransactionalProducer(
  kafka: KafkaConnection,
  { transactionalId, roles }: { readonly transactionalId: string; readonly roles: readonly TopicRole[] },
): Promise<TransactionalProducer> {
  const first = await connectProducer(kafka, transactionalId)
  try {
    await abortWhatIsOpen(kafka, first, roles)
  } finally {
    await disconnect(first)
  }
  const producer = await connectProducer(kafka, transactionalId)
  const close = () => disconnect(producer)
  return { publish: (records) => publish(kafka, producer, records), close, [Symbol.asyncDispose]: close }
}

async function connectProducer(kafka: KafkaConnection, transactionalId: string): Promise<Producer> {
  const producer = kafka.client.producer({
    transactionalId,
    ...PRODUCER_SETTINGS,
    // what a killed producer had under way holds readers up for no longer, if no other takes over
    transactionTimeout: TRANSACTION_MS_MAX,
    // a transaction that follows close behind another is told to wait for its end: a few milliseconds
    retry: { initialRetryTime: 8, multiplier: 2, maxRetryTime: 1_000, retries: 10 },
  })
  try {
    await producer.connect()
    // only a first transaction makes kafkajs announce itself, and so fence the others
    await (await producer.transaction()).abort()
    return producer
  } catch (error) {
    await disconnect(producer)
    throw error
  }
}

const disconnect = (producer: Producer): Promise<void> => producer.disconnect().catch(() => undefined)

async function abortWhatIsOpen(kafka: KafkaConnection, producer: Producer, roles: readonly TopicRole[]): Promise<void> {
  const transaction = await producer.transaction()
  await transaction.sendBatch({
    acks: -1,
    topicMessages: roles.map((role) => ({
      topic: kafka.topicName(role),
      messages: Array.from({ length: TOPICS[role].partitions }, (_, partition) => ({
        partition,
        key: 'aborted',
        value: null,
      })),
    })),
  })
  await transaction.abort()
}

const TRANSACTION_MS_MAX = 15_000

/** One request; what of it goes to one partition is one record batch, of which a topic takes 1 MiB. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024
const PARTITION_BYTES_MAX = 768 * 1024
const RECORD_OVERHEAD_BYTES = 100

async function publish(
  kafka: KafkaConnection,
  producer: Producer,
  records: readonly TransactionRecord[],
): Promise<void> {
  const transaction = await producer.transaction()
  try {
    for (const request of requestsOf(records)) {
      const topicMessages = [...request.messages].map(([role, messages]) => ({
        topic: kafka.topicName(role),
        messages,
      }))
      const compression = request.large ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None
      await transaction.sendBatch({ acks: -1, topicMessages, compression })
    }
    await transaction.commit()
  } catch (error) {
    // readers are held up until it ends; if this fails too, the next producer ends it
    if (transaction.isActive()) await transaction.abort().catch(() => undefined)
    throw error
  }
}

interface Request {
  readonly messages: Map<TopicRole, Message[]>
  readonly bytesByPartition: Map<string, number>
  bytes: number
  /** A record too large for a batch unless it is compressed. */
  large: boolean
}

/** Cuts records into requests that Kafka takes. One after the other, so that each partition keeps their order. */
function* requestsOf(records: readonly TransactionRecord[]): Generator<Request> {
  let request = emptyRequest()
  for (const { topicRole, key, value, headers } of records) {
    const partition = partitionOf(key, TOPICS[topicRole].partitions)
    const place = `${topicRole}/${partition}`
    const bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(key) + (value === null ? 0 : Buffer.byteLength(value))
    const before = request.bytesByPartition.get(place) ?? 0
    if (request.bytes > 0 && (request.bytes + bytes > REQUEST_BYTES_MAX || before + bytes > PARTITION_BYTES_MAX)) {
      yield request
      request = emptyRequest()
    }
    request.bytes += bytes
    request.large ||= bytes > PARTITION_BYTES_MAX
    request.bytesByPartition.set(place, (request.bytesByPartition.get(place) ?? 0) + bytes)
    const messages = request.messages.get(topicRole) ?? []
    request.messages.set(topicRole, messages)
    messages.push({ key, value, partition, headers })
  }
  if (request.bytes > 0) yield request
}

const emptyRequest = (): Request => ({ messages: new Map(), bytesByPartition: new Map(), bytes: 0, large: false })
