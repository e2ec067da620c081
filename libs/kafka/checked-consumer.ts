import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, ConsumerStartBatchProcessEvent, EachBatchPayload } from 'kafkajs'
import { TOPICS, type TopicRole } from '#libs/contracts/topics.js'
import { READER_RETRY, type KafkaConnection } from './connect-kafka.js'
import { heldOffsets, partitionBatch } from './kafkajs-batches.js'
import { partitionKey, type PartitionBatch, type PartitionGap } from './records.js'
import { offsetRanges, type OffsetRange } from './topics.js'
import { whileBeating } from './while-beating.js'

export interface CheckedConsumerOptions {
  /** Asked at every start of a member. */
  groupId: () => string
  readonly roles: readonly TopicRole[]
  /** How long the group waits for a member that has gone silent. */
  readonly sessionMs: number
  /**
   * After a fetch that brought something nothing is fetched for so long: at some hundred records a second, fetching each by
   * itself costs more than all else that is done with it. Default 0.
   */
  readonly restMs?: number | undefined
  /** The next offset to read of each of these partitions; absent: the first there ever was. Asked at every assignment. */
  startOffsets(role: TopicRole, partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>>
  /** So many offsets before each start are delivered again, as far as they are still there. Default 0. */
  readonly rereadOffsets?: bigint | undefined
  /** Takes a batch over. The promise is back-pressure: nothing more is fetched until it resolves. Must not throw. */
  take(batch: PartitionBatch): Promise<void>
  /** The assignment ends: forget what was taken and not done, and resolve when nothing of it is under way. Must not throw. */
  release(): Promise<void>
  onGap(gap: PartitionGap): void
  /** Something failed that is being tried again. */
  onFailure(error: unknown): void
}

export interface CheckedConsumer {
  /** Stops delivering a partition until `reread`. */
  hold(role: TopicRole, partition: number): void
  /** Asks for the start offset again and goes on from there; what `hold` stopped included. */
  reread(role: TopicRole, partition: number): void
  assigned(): { role: TopicRole; partition: number }[]
  /** Whether every assigned partition is being read; false before the first assignment. */
  flowing(): boolean
  close(): Promise<void>
}

const FETCH_WAIT_MS_MAX = 250
const BATCHES_OF_A_FETCH_MAX = 64
const BACK_OFF_MS = { first: 200, max: 5_000 }

/**
 * A member of a consumer group that believes no committed offset and no offset reset. At every assignment it holds all
 * partitions, asks where to go on, seeks there, and lets a partition through only while each batch begins with exactly
 * the offset that follows the one before. kafkajs by itself would start at the group's offset, and on an offset that
 * is out of range go on at an end of the topic without a word.
 */
export async function openCheckedConsumer(
  kafka: KafkaConnection,
  options: CheckedConsumerOptions,
): Promise<CheckedConsumer> {
  const consumer = new GroupMember(kafka, options)
  await consumer.start()
  return consumer
}

interface Assigned {
  readonly role: TopicRole
  readonly partition: number
  /** What the next batch must begin with; undefined while it is not known where to go on, and while held. */
  expected: bigint | undefined
  /** Which question for a start offset is the latest: answers to earlier ones are dropped. */
  placing: symbol | undefined
}

class GroupMember implements CheckedConsumer {
  readonly #kafka: KafkaConnection
  readonly #options: CheckedConsumerOptions
  #consumer: Consumer | undefined
  #assigned = new Map<string, Assigned>()
  #restart: NodeJS.Timeout | undefined
  #restartDelayMs = BACK_OFF_MS.first
  /** Ends when there may be a fetch again. */
  #resting: Promise<void> | undefined
  #closed = false

  constructor(kafka: KafkaConnection, options: CheckedConsumerOptions) {
    this.#kafka = kafka
    this.#options = options
  }

  async start(): Promise<void> {
    const { groupId, roles, sessionMs } = this.#options
    const consumer = this.#kafka.readerClient.consumer({
      groupId: groupId(),
      sessionTimeout: sessionMs,
      heartbeatInterval: Math.floor(sessionMs / 4),
      rebalanceTimeout: 2 * sessionMs,
      maxWaitTimeInMs: FETCH_WAIT_MS_MAX,
      allowAutoTopicCreation: false,
      // from what lasts longer there is one way back: ours, below
      retry: { ...READER_RETRY, restartOnFailure: () => Promise.resolve(false) },
    })
    this.#consumer = consumer
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.#onAssignment(consumer, payload.memberAssignment))
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#acceptEmpty(payload)
    })
    consumer.on(consumer.events.CRASH, ({ payload }) => this.#startAgain(consumer, payload.error))
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: roles.map((role) => this.#kafka.topicName(role)), fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        // the batches of one fetch side by side, so that they share a rest; the next fetch waits for all of them
        partitionsConsumedConcurrently: BATCHES_OF_A_FETCH_MAX,
        eachBatch: (payload) => this.#onBatch(consumer, payload),
      })
    } catch (error) {
      await consumer.disconnect().catch(() => undefined)
      this.#startAgain(consumer, error)
    }
  }

  hold(role: TopicRole, partition: number): void {
    const assigned = this.#assigned.get(partitionKey(role, partition))
    if (!assigned) return
    assigned.expected = undefined
    assigned.placing = undefined
    try {
      this.#consumer?.pause([{ topic: this.#kafka.topicName(role), partitions: [partition] }])
    } catch {
      // kafkajs is taking the member down: it fetches nothing any more
    }
  }

  reread(role: TopicRole, partition: number): void {
    this.hold(role, partition)
    const assigned = this.#assigned.get(partitionKey(role, partition))
    if (assigned && this.#consumer) void this.#place(this.#consumer, [assigned], Promise.resolve())
  }

  assigned(): { role: TopicRole; partition: number }[] {
    return [...this.#assigned.values()].map(({ role, partition }) => ({ role, partition }))
  }

  flowing(): boolean {
    return this.#assigned.size > 0 && [...this.#assigned.values()].every(({ expected }) => expected !== undefined)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#restart)
    this.#assigned = new Map()
    // first, so that a fetch that waits for room is let go
    const released = this.#options.release()
    await this.#consumer?.disconnect().catch((error: unknown) => this.#options.onFailure(error))
    await released
  }

  #startAgain(consumer: Consumer, error: unknown): void {
    if (this.#closed || consumer !== this.#consumer) return
    this.#options.onFailure(error)
    this.#consumer = undefined
    this.#assigned = new Map()
    this.#restart = setTimeout(() => void this.#options.release().then(() => this.#restartNow()), this.#restartDelayMs)
    this.#restartDelayMs = Math.min(2 * this.#restartDelayMs, BACK_OFF_MS.max)
  }

  #restartNow(): Promise<void> | undefined {
    return this.#closed ? undefined : this.start()
  }

  /** Runs before kafkajs fetches anything for this assignment, since its listeners are called in line. */
  #onAssignment(consumer: Consumer, assignment: Record<string, number[]>): void {
    if (this.#closed || consumer !== this.#consumer) return
    this.#restartDelayMs = BACK_OFF_MS.first
    const assigned = Object.entries(assignment).flatMap(([topic, partitions]) => {
      const role = this.#kafka.topicRole(topic)
      return role === undefined
        ? []
        : partitions.map((partition): Assigned => ({ role, partition, expected: undefined, placing: undefined }))
    })
    this.#assigned = new Map(assigned.map((one) => [partitionKey(one.role, one.partition), one]))
    consumer.pause(Object.entries(assignment).map(([topic, partitions]) => ({ topic, partitions })))
    void this.#place(consumer, assigned, this.#options.release())
  }

  /** Finds out where to go on, for as long as the question stands, and lets the partitions through. */
  async #place(consumer: Consumer, partitions: readonly Assigned[], released: Promise<void>): Promise<void> {
    const placing = Symbol('placing')
    for (const one of partitions) one.placing = placing
    const wanted = () => (consumer === this.#consumer ? partitions.filter((one) => one.placing === placing) : [])
    await released
    for (let delayMs = BACK_OFF_MS.first; wanted().length > 0; delayMs = Math.min(2 * delayMs, BACK_OFF_MS.max)) {
      try {
        const starts = await this.#startsOf(wanted())
        for (const one of wanted()) this.#letThrough(consumer, one, starts.get(one))
        return
      } catch (error) {
        this.#options.onFailure(error)
        await new Promise((resolve) => setTimeout(resolve, delayMs))
      }
    }
  }

  async #startsOf(partitions: readonly Assigned[]): Promise<Map<Assigned, { start: bigint; range: OffsetRange }>> {
    const roles = [...new Set(partitions.map(({ role }) => role))]
    const checkpoints = new Map<TopicRole, ReadonlyMap<number, bigint>>()
    for (const role of roles) {
      const ofRole = partitions.filter((one) => one.role === role).map(({ partition }) => partition)
      checkpoints.set(role, await this.#options.startOffsets(role, ofRole))
    }
    // asked after the checkpoints, so that an end that lies before one means what it says
    const ranges = await offsetRanges(this.#kafka, roles)
    return new Map(
      partitions.map((one) => {
        const range = ranges.get(partitionKey(one.role, one.partition))
        if (!range) throw new Error(`${one.role} has no partition ${one.partition} any more`)
        return [one, { start: checkpoints.get(one.role)?.get(one.partition) ?? 0n, range }]
      }),
    )
  }

  #letThrough(consumer: Consumer, one: Assigned, found: { start: bigint; range: OffsetRange } | undefined): void {
    if (!found) return
    const { start, range } = found
    one.placing = undefined
    if (start > range.end) return this.#halt(one, start, range.end)
    if (start < range.low && !isCompacted(one.role)) return this.#halt(one, start, range.low)
    const earlier = start - (this.#options.rereadOffsets ?? 0n)
    const from = earlier < range.low ? range.low : earlier
    one.expected = from
    const topic = this.#kafka.topicName(one.role)
    consumer.seek({ topic, partition: one.partition, offset: String(from) })
    consumer.resume([{ topic, partitions: [one.partition] }])
  }

  #halt(one: Assigned, expected: bigint, found: bigint): void {
    this.hold(one.role, one.partition)
    this.#options.onGap({ topicRole: one.role, partition: one.partition, expected, found })
  }

  async #onBatch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload
    const assigned = this.#flowingPartition(batch.topic, batch.partition)
    if (consumer !== this.#consumer || !assigned || payload.isStale()) return
    const first = BigInt(batch.firstOffset() ?? batch.messages[0]?.offset ?? -1)
    const last = BigInt(batch.lastOffset())
    if (!this.#follows(assigned, first, last, heldOffsets(batch))) return
    assigned.expected = last + 1n
    payload.resolveOffset(String(last))
    const taken = this.#options.take(partitionBatch(assigned.role, batch, first, last))
    await whileBeating(Promise.all([taken, this.#rest()]), () => payload.heartbeat())
  }

  /** kafkajs does not hand over a batch of which it has filtered every record; the offsets have passed all the same. */
  #acceptEmpty(payload: ConsumerStartBatchProcessEvent['payload']): void {
    const assigned = this.#flowingPartition(payload.topic, payload.partition)
    if (assigned?.expected === undefined) return
    const last = BigInt(payload.lastOffset)
    if (last < assigned.expected) return
    const { role: topicRole, partition, expected: firstOffset } = assigned
    assigned.expected = last + 1n
    const highWatermark = BigInt(payload.highWatermark)
    void this.#options.take({
      topicRole,
      partition,
      records: [],
      firstOffset,
      nextOffset: last + 1n,
      highWatermark,
      bytes: 0,
    })
  }

  #rest(): Promise<void> | undefined {
    const { restMs = 0 } = this.#options
    if (restMs > 0) this.#resting ??= sleep(restMs).then(() => (this.#resting = undefined))
    return this.#resting
  }

  #flowingPartition(topic: string, partition: number): Assigned | undefined {
    const role = this.#kafka.topicRole(topic)
    const assigned = role && this.#assigned.get(partitionKey(role, partition))
    return assigned?.expected === undefined ? undefined : assigned
  }

  /** Whether a batch goes on where the last one ended, and misses nothing in itself. Compaction alone may leave gaps. */
  #follows(assigned: Assigned, first: bigint, last: bigint, held: number): boolean {
    const expected = assigned.expected ?? -1n
    if (isCompacted(assigned.role) ? first >= expected : first === expected && BigInt(held) === last - first + 1n)
      return true
    this.#halt(assigned, expected, first === expected ? last : first)
    return false
  }
}

const isCompacted = (role: TopicRole): boolean => TOPICS[role].cleanup === 'compact'
