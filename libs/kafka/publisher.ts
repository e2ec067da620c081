import type { Message, Producer, RecordMetadata } from 'kafkajs'
import { TOPICS, type TopicRole } from '#libs/contracts/topics.js'
import type { KafkaConnection } from './connect-kafka.js'
import { KafkaError } from './errors.js'
import { partitionOf } from './partition-of.js'
import { PRODUCER_SETTINGS } from './producer-settings.js'
import type { RecordPlace } from './records.js'

export interface RecordToPublish {
  readonly topicRole: TopicRole
  readonly key: string
  readonly value: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface PublisherOptions {
  /** How long a caller waits for Kafka's confirmation. Default 10,000. */
  readonly publishMsMax?: number
  /** One send() carries at most so many records and bytes. Defaults 1,000 and 768 KiB. */
  readonly sendRecordsMax?: number
  readonly sendBytesMax?: number
  /** What waits while a send is under way, or while Kafka is away. Defaults 20,000 records, 32 MiB. */
  readonly queueRecordsMax?: number
  readonly queueBytesMax?: number
}

export interface Publisher extends AsyncDisposable {
  /**
   * Publishes a record and says where it stands. Records go out in the order of the calls.
   * @throws KafkaError PUBLISH_REFUSED (the queue is full), PUBLISH_NOT_SENT (surely not written) or PUBLISH_UNCONFIRMED
   *   (perhaps written: publish it again with the same event id)
   */
  publish(record: RecordToPublish): Promise<RecordPlace>
  /** Whether the last thing that Kafka was asked to do, it did. */
  healthy(): boolean
  waiting(): { records: number; bytes: number }
  /** Takes nothing more, sends what waits, within the time that callers wait. */
  close(): Promise<void>
}

/**
 * Idempotent, acknowledged by all replicas, one send() at a time: two at once on one idempotent kafkajs producer lose
 * records without an error. Speed comes from what gathers while a send is under way and goes out with the next.
 *
 * After a send that failed the producer is thrown away. kafkajs takes back the sequence numbers of a failed send; if the
 * broker had written it after all, the next batch of the same length would pass for a repetition of it, and be
 * acknowledged and not written.
 */
export async function openPublisher(kafka: KafkaConnection, options: PublisherOptions = {}): Promise<Publisher> {
  const publisher = new QueueingPublisher(kafka, options)
  await publisher.connect()
  return publisher
}

const RECONNECT_MS = { first: 200, max: 2_000 }
/** Per record, beside key and value: offsets, lengths, headers. */
const RECORD_OVERHEAD_BYTES = 32

interface Entry {
  readonly record: RecordToPublish
  readonly partition: number
  readonly bytes: number
  readonly resolve: (place: RecordPlace) => void
  readonly reject: (error: KafkaError) => void
  readonly deadline: NodeJS.Timeout
  state: 'waiting' | 'sending' | 'given up'
}

class QueueingPublisher implements Publisher {
  readonly #kafka: KafkaConnection
  readonly #limits: Required<PublisherOptions>
  #queue: Entry[] = []
  #waitingRecords = 0
  #waitingBytes = 0
  #producer: Producer | undefined
  #pumping: Promise<void> | undefined
  #healthy = true
  #closed = false

  constructor(kafka: KafkaConnection, options: PublisherOptions) {
    this.#kafka = kafka
    this.#limits = {
      publishMsMax: options.publishMsMax ?? 10_000,
      sendRecordsMax: options.sendRecordsMax ?? 1_000,
      sendBytesMax: options.sendBytesMax ?? 768 * 1024,
      queueRecordsMax: options.queueRecordsMax ?? 20_000,
      queueBytesMax: options.queueBytesMax ?? 32 * 1024 * 1024,
    }
  }

  async connect(): Promise<void> {
    this.#producer = await this.#openProducer()
  }

  publish(record: RecordToPublish): Promise<RecordPlace> {
    const bytes = Buffer.byteLength(record.key) + Buffer.byteLength(record.value) + RECORD_OVERHEAD_BYTES
    if (this.#closed) return Promise.reject(new KafkaError('PUBLISH_NOT_SENT', 'The publisher is closed.'))
    if (this.#waitingRecords >= this.#limits.queueRecordsMax || this.#waitingBytes + bytes > this.#limits.queueBytesMax)
      return Promise.reject(new KafkaError('PUBLISH_REFUSED', `${this.#waitingRecords} records wait already.`))
    return new Promise((resolve, reject) => {
      const entry: Entry = {
        record,
        partition: partitionOf(record.key, TOPICS[record.topicRole].partitions),
        bytes,
        resolve,
        reject,
        deadline: setTimeout(() => this.#giveUp(entry), this.#limits.publishMsMax),
        state: 'waiting',
      }
      this.#queue.push(entry)
      this.#waitingRecords++
      this.#waitingBytes += bytes
      this.#pumping ??= this.#pump()
    })
  }

  healthy(): boolean {
    return this.#healthy && !this.#closed
  }

  waiting(): { records: number; bytes: number } {
    return { records: this.#waitingRecords, bytes: this.#waitingBytes }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#pumping
    await this.#producer?.disconnect().catch(() => undefined)
    this.#producer = undefined
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #pump(): Promise<void> {
    // records of one tick go out together
    await new Promise((resolve) => setImmediate(resolve))
    let delayMs = RECONNECT_MS.first
    for (;;) {
      this.#queue = this.#queue[0]?.state === 'given up' ? this.#queue.filter(isWaiting) : this.#queue
      if (this.#queue.length === 0 && (this.#producer || this.#closed)) break
      try {
        this.#producer ??= await this.#reopenProducer()
      } catch (error) {
        this.#unhealthy(error, 'Kafka does not take records at the moment.')
        await new Promise((resolve) => setTimeout(resolve, delayMs))
        delayMs = Math.min(2 * delayMs, RECONNECT_MS.max)
        continue
      }
      delayMs = RECONNECT_MS.first
      await this.#send(this.#producer, this.#nextEntries())
      // also when nothing waits it goes on until there is a producer again: healthy() must not wait for the next caller
    }
    this.#pumping = undefined
  }

  #nextEntries(): Entry[] {
    const entries: Entry[] = []
    let bytes = 0
    let taken = 0
    for (const entry of this.#queue) {
      if (entry.state === 'waiting') {
        if (entries.length >= this.#limits.sendRecordsMax) break
        if (entries.length > 0 && bytes + entry.bytes > this.#limits.sendBytesMax) break
        entry.state = 'sending'
        bytes += entry.bytes
        entries.push(entry)
      }
      taken++
    }
    this.#queue = this.#queue.slice(taken)
    this.#waitingRecords -= entries.length
    this.#waitingBytes -= bytes
    return entries
  }

  async #send(producer: Producer, entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return
    try {
      const written = await producer.sendBatch({ acks: -1, topicMessages: topicMessages(this.#kafka, entries) })
      const places = placesOf(this.#kafka, written, entries)
      entries.forEach((entry, index) => settle(entry, places[index]))
      this.#healthy = true
    } catch (error) {
      this.#producer = undefined
      void producer.disconnect().catch(() => undefined)
      this.#unhealthy(error, 'Kafka did not confirm records.')
      for (const entry of entries) settle(entry, undefined, error)
    }
  }

  #unhealthy(error: unknown, sentence: string): void {
    if (this.#healthy) this.#kafka.log.warn({ err: error, ...this.waiting() }, sentence)
    this.#healthy = false
  }

  #giveUp(entry: Entry): void {
    const withinMs = `within ${this.#limits.publishMsMax} ms`
    this.#unhealthy(undefined, 'Kafka did not confirm a record in time.')
    if (entry.state === 'sending') {
      entry.reject(new KafkaError('PUBLISH_UNCONFIRMED', `The record was sent and not confirmed ${withinMs}.`))
      return
    }
    entry.state = 'given up'
    this.#waitingRecords--
    this.#waitingBytes -= entry.bytes
    entry.reject(new KafkaError('PUBLISH_NOT_SENT', `The record could not be sent ${withinMs}.`))
  }

  async #reopenProducer(): Promise<Producer> {
    const producer = await this.#openProducer()
    this.#healthy = true
    return producer
  }

  async #openProducer(): Promise<Producer> {
    const producer = this.#kafka.client.producer({
      ...PRODUCER_SETTINGS,
      // a caller waits about 10 s: what has not worked by then is told, and a new producer takes over
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    })
    try {
      await producer.connect()
      return producer
    } catch (error) {
      await producer.disconnect().catch(() => undefined)
      throw error
    }
  }
}

const isWaiting = (entry: Entry): boolean => entry.state === 'waiting'

function settle(entry: Entry, place: RecordPlace | undefined, cause?: unknown): void {
  clearTimeout(entry.deadline)
  if (place) entry.resolve(place)
  else entry.reject(new KafkaError('PUBLISH_UNCONFIRMED', 'The record was sent and not confirmed.', { cause }))
}

interface TopicMessages {
  topic: string
  messages: Message[]
}

function topicMessages(kafka: KafkaConnection, entries: readonly Entry[]): TopicMessages[] {
  const byTopic = new Map<TopicRole, Message[]>()
  for (const { record, partition } of entries) {
    const messages = byTopic.get(record.topicRole) ?? []
    byTopic.set(record.topicRole, messages)
    messages.push({ key: record.key, value: record.value, partition, headers: { ...record.headers } })
  }
  return [...byTopic].map(([role, messages]) => ({ topic: kafka.topicName(role), messages }))
}

/** Kafka names the first offset of each partition's batch; within it, records keep the order in which they were given. */
function placesOf(
  kafka: KafkaConnection,
  written: readonly RecordMetadata[],
  entries: readonly Entry[],
): (RecordPlace | undefined)[] {
  const next = new Map(
    written.map(({ topicName, partition, baseOffset }) => [`${topicName}/${partition}`, BigInt(baseOffset ?? -1)]),
  )
  return entries.map(({ record: { topicRole }, partition }) => {
    const key = `${kafka.topicName(topicRole)}/${partition}`
    const offset = next.get(key)
    if (offset === undefined || offset < 0n) return undefined
    next.set(key, offset + 1n)
    return { topicRole, partition, offset }
  })
}
