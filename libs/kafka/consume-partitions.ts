import { setMaxListeners } from 'node:events'
import type { TopicRole } from '#libs/contracts/topics.js'
import { openCheckedConsumer, type CheckedConsumer } from './checked-consumer.js'
import type { KafkaConnection } from './connect-kafka.js'
import { partitionKey, type PartitionBatch, type PartitionGap } from './records.js'

export interface ConsumeOptions {
  readonly groupId: string
  readonly topics: readonly TopicRole[]
  /**
   * The next offset to be delivered of each partition; absent: 0. Asked at every assignment, after every `reread`, and
   * after a batch failed. If it throws it is asked again, with back-off.
   */
  checkpointsOf(role: TopicRole, partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>>
  /** So many offsets below each checkpoint are delivered again, as far as the topic still has them. Default 0. */
  readonly rereadOffsets?: bigint
  /**
   * Does a batch. One at a time of each partition, `concurrency` partitions at once. When it throws, what was fetched of
   * the partition is dropped and read again from the checkpoint as it then stands, after a pause.
   * @param signal aborted when the partition is no longer ours
   */
  onBatch(batch: PartitionBatch, signal: AbortSignal): Promise<void>
  /** The partition does not go on at the checkpoint. It stays held until `reread`. */
  onGap(gap: PartitionGap): void
  /** A batch or the connection failed; it is tried again. */
  onFailure?(error: unknown): void
  /** Default 4. */
  readonly concurrency?: number
  /** Bytes fetched and not done, beyond which nothing is fetched. One fetch (10 MB) may come on top. Default 16 MiB. */
  readonly fetchAheadBytesMax?: number
  /** What waits of a partition is delivered as one batch up to these. Default 10,000 records, 8 MiB. */
  readonly batchRecordsMax?: number
  readonly batchBytesMax?: number
  /** After how long without a sign of life the group gives our partitions to another. Default 6,000. */
  readonly sessionMs?: number
  /** Pause between fetches. Default 0. */
  readonly restMs?: number
}

export interface PartitionConsumer extends AsyncDisposable {
  /** Partitions that the group has given us. */
  assigned(): { role: TopicRole; partition: number }[]
  /** Whether all of them are being read. */
  flowing(): boolean
  /** Bytes fetched and not done. */
  fetchedBytes(): number
  /** Delivers no more of a partition; a batch under way is finished. */
  pause(role: TopicRole, partition: number): void
  /** Goes on from the checkpoint, which is asked for again. */
  resume(role: TopicRole, partition: number): void
  /** The same, for a partition whose checkpoint was moved by someone else. */
  reread(role: TopicRole, partition: number): void
  /** Stops fetching, waits for the batches under way, leaves the group. */
  close(): Promise<void>
}

/** Reads this process's share of topics, from checkpoints that the caller keeps. */
export async function consumePartitions(kafka: KafkaConnection, options: ConsumeOptions): Promise<PartitionConsumer> {
  const delivery = new Delivery(kafka, options)
  await delivery.start()
  return delivery
}

const RETRY_MS = 500

interface Lane {
  readonly role: TopicRole
  readonly partition: number
  waiting: PartitionBatch[]
  /** Ends when the batch under way is done, however it ends. */
  running: Promise<void> | undefined
}

class Delivery implements PartitionConsumer {
  readonly #kafka: KafkaConnection
  readonly #options: ConsumeOptions
  readonly #concurrency: number
  readonly #fetchAheadBytesMax: number
  readonly #lanes = new Map<string, Lane>()
  readonly #retries = new Set<NodeJS.Timeout>()
  #consumer: CheckedConsumer | undefined
  #assignment = newAssignment()
  #bytes = 0
  #running = 0
  #roomWanted: (() => void)[] = []

  constructor(kafka: KafkaConnection, options: ConsumeOptions) {
    this.#kafka = kafka
    this.#options = options
    this.#concurrency = options.concurrency ?? 4
    this.#fetchAheadBytesMax = options.fetchAheadBytesMax ?? 16 * 1024 * 1024
  }

  async start(): Promise<void> {
    this.#consumer = await openCheckedConsumer(this.#kafka, {
      groupId: () => this.#options.groupId,
      roles: this.#options.topics,
      sessionMs: this.#options.sessionMs ?? 6_000,
      restMs: this.#options.restMs,
      startOffsets: (role, partitions) => this.#options.checkpointsOf(role, partitions),
      rereadOffsets: this.#options.rereadOffsets,
      take: (batch) => this.#take(batch),
      release: () => this.#release(),
      onGap: (gap) => this.#options.onGap(gap),
      onFailure: (error) => this.#options.onFailure?.(error),
    })
  }

  assigned(): { role: TopicRole; partition: number }[] {
    return this.#consumer?.assigned() ?? []
  }
  flowing(): boolean {
    return this.#consumer?.flowing() ?? false
  }
  fetchedBytes(): number {
    return this.#bytes
  }

  pause(role: TopicRole, partition: number): void {
    this.#consumer?.hold(role, partition)
    this.#drop(this.#lane(role, partition))
  }
  resume(role: TopicRole, partition: number): void {
    this.reread(role, partition)
  }
  reread(role: TopicRole, partition: number): void {
    this.pause(role, partition)
    const lane = this.#lane(role, partition)
    // a batch under way may still move the checkpoint
    void (lane.running ?? Promise.resolve()).then(() => this.#consumer?.reread(role, partition))
  }

  async close(): Promise<void> {
    for (const retry of this.#retries) clearTimeout(retry)
    await this.#consumer?.close()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #lane(role: TopicRole, partition: number): Lane {
    const key = partitionKey(role, partition)
    const existing = this.#lanes.get(key)
    if (existing) return existing
    const created: Lane = { role, partition, waiting: [], running: undefined }
    this.#lanes.set(key, created)
    return created
  }

  #take(batch: PartitionBatch): Promise<void> {
    this.#lane(batch.topicRole, batch.partition).waiting.push(batch)
    this.#bytes += batch.bytes
    this.#deliver()
    if (this.#bytes <= this.#fetchAheadBytesMax) return Promise.resolve()
    return new Promise((resolve) => this.#roomWanted.push(resolve))
  }

  /** Starts what may run. Lanes that ran go to the end of the line, so that a busy one does not starve the others. */
  #deliver(): void {
    for (const [key, lane] of this.#lanes) {
      if (this.#running >= this.#concurrency) return
      if (lane.running || lane.waiting.length === 0) continue
      this.#lanes.delete(key)
      this.#lanes.set(key, lane)
      this.#running++
      lane.running = this.#run(lane)
    }
  }

  async #run(lane: Lane): Promise<void> {
    const batch = this.#nextBatch(lane)
    try {
      await this.#options.onBatch(batch, this.#assignment.signal)
    } catch (error) {
      this.#options.onFailure?.(error)
      this.pause(lane.role, lane.partition)
      this.#rereadLater(lane)
    }
    lane.running = undefined
    this.#running--
    this.#free(batch.bytes)
    this.#deliver()
  }

  #rereadLater(lane: Lane): void {
    const retry = setTimeout(() => {
      this.#retries.delete(retry)
      this.reread(lane.role, lane.partition)
    }, RETRY_MS)
    this.#retries.add(retry)
  }

  /** What waits of a partition, joined up to the bounds: the more there is to do, the larger the batches. */
  #nextBatch(lane: Lane): PartitionBatch {
    const recordsMax = this.#options.batchRecordsMax ?? 10_000
    const bytesMax = this.#options.batchBytesMax ?? 8 * 1024 * 1024
    const parts: PartitionBatch[] = []
    let records = 0
    let bytes = 0
    for (const part of lane.waiting) {
      records += part.records.length
      bytes += part.bytes
      if (parts.length > 0 && (records > recordsMax || bytes > bytesMax)) break
      parts.push(part)
    }
    lane.waiting = lane.waiting.slice(parts.length)
    return joined(parts)
  }

  #drop(lane: Lane): void {
    const bytes = lane.waiting.reduce((sum, batch) => sum + batch.bytes, 0)
    lane.waiting = []
    this.#free(bytes)
  }

  #free(bytes: number): void {
    this.#bytes -= bytes
    if (this.#bytes > this.#fetchAheadBytesMax) return
    const wanted = this.#roomWanted
    this.#roomWanted = []
    for (const resolve of wanted) resolve()
  }

  async #release(): Promise<void> {
    this.#assignment.abort()
    this.#assignment = newAssignment()
    for (const lane of this.#lanes.values()) this.#drop(lane)
    await Promise.all([...this.#lanes.values()].map((lane) => lane.running ?? Promise.resolve()))
  }
}

/** Every batch that is being done may listen. */
function newAssignment(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

function joined(parts: readonly PartitionBatch[]): PartitionBatch {
  const [first] = parts
  const last = parts.at(-1)
  if (!first || !last) throw new Error('a lane was run with nothing waiting')
  if (parts.length === 1) return first
  return {
    ...last,
    firstOffset: first.firstOffset,
    records: parts.flatMap((part) => part.records),
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
  }
}
