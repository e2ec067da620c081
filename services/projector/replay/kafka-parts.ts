import { randomUUID } from 'node:crypto'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import type { KafkaConfig } from '#libs/kafka/config.js'
import { consumePartitions, type PartitionConsumer } from '#libs/kafka/consume-partitions.js'
import { endOffsets } from '#libs/kafka/topics.js'
import type { PartitionBatch } from '#libs/kafka/records.js'
import type { SourceTopicRole } from '#libs/contracts/topics.js'
import { partitionKey, type IncomingRecord } from '../records/incoming-record.js'
import { ReplayError } from './replay-state.js'
import type { LoadingWorker } from './worker-pool.js'
import type { PartToLoad } from './worker-messages.js'

/**
 * Reads partitions from Kafka, each to where it is to be loaded, and hands them to the workers: one partition a worker at a
 * time, so that memory holds no more partitions than there are workers. Reads as a group of its own and commits nothing.
 */
export const readPartsFromKafka = async (
  config: KafkaConfig,
  parts: readonly PartToLoad[],
  workers: readonly LoadingWorker[],
  signal: AbortSignal,
): Promise<void> => {
  await using kafka = await connectKafka(config)
  await checkEnds(kafka, parts)
  const reading = new PartsReading(parts, workers)
  const consumer = await consumePartitions(kafka, {
    groupId: `${config.topicPrefix}ledger.replay.${randomUUID()}`,
    topics: [...new Set(parts.map(({ topic }) => topic))],
    checkpointsOf: (role, partitions) =>
      Promise.resolve(
        new Map(partitions.map((partition) => [partition, reading.nextOffset(role as SourceTopicRole, partition)])),
      ),
    onBatch: (batch, assignment) => reading.take(batch, assignment),
    onGap: ({ topicRole, partition, expected, found }) =>
      reading.fail(
        new ReplayError(
          `Partition ${partition} of the ${topicRole} topic goes on at offset ${found}, not at ${expected}: records are missing. ` +
            '`ledger replay --from journal` builds from the journal, which has them.',
        ),
      ),
    concurrency: PARTITIONS_MAX,
    batchRecordsMax: 2_000,
    batchBytesMax: 2 * 1024 * 1024,
    fetchAheadBytesMax: 48 * 1024 * 1024,
  })
  const stop = () => reading.fail(signal.reason as Error)
  signal.addEventListener('abort', stop, { once: true })
  try {
    // it may have been aborted while the group was joined: then nobody calls the listener
    if (signal.aborted) stop()
    await reading.all(consumer)
  } finally {
    signal.removeEventListener('abort', stop)
    reading.letGo()
    await consumer.close()
  }
}

/** What the topics do not hold would be waited for without end: a topic that was made anew is shorter than the journal. */
const checkEnds = async (kafka: KafkaConnection, parts: readonly PartToLoad[]): Promise<void> => {
  const ends = await endOffsets(kafka, [...new Set(parts.map(({ topic }) => topic))])
  for (const { topic, partition, until } of parts) {
    const end = Number(ends.get(partitionKey({ topic, partition })) ?? 0n)
    if (end < until)
      throw new ReplayError(
        `Partition ${partition} of the ${topic} topic ends at offset ${end}, and the ledger has read it to ${until}: records are ` +
          'missing. `ledger replay --from journal` builds from the journal, which has them.',
      )
  }
}

/** Batches of partitions whose turn has not come may wait, one each. */
const PARTITIONS_MAX = 100

interface Lane {
  readonly part: PartToLoad
  worker: LoadingWorker | undefined
  next: number
  /** Opened once it is this partition's turn. */
  readonly turn: Promise<void>
  readonly open: () => void
  readonly ended: Promise<void>
  readonly end: () => void
}

class PartsReading {
  readonly #lanes: Map<string, Lane>
  readonly #failed: Promise<never>
  #fail: (error: Error) => void = () => undefined
  readonly #started: Promise<void>
  readonly #start: () => void
  #consumer: PartitionConsumer | undefined
  #over = false

  constructor(
    parts: readonly PartToLoad[],
    readonly workers: readonly LoadingWorker[],
  ) {
    this.#lanes = new Map(parts.map((part) => [partitionKey(part), laneOf(part)]))
    ;[this.#started, this.#start] = gate()
    this.#failed = new Promise((_, reject) => (this.#fail = reject))
    this.#failed.catch(() => undefined)
  }

  /** Done parts and those of other replays are not asked for: they are held as soon as they deliver. */
  nextOffset(topic: SourceTopicRole, partition: number): bigint {
    return BigInt(this.#lanes.get(partitionKey({ topic, partition }))?.next ?? 0)
  }

  fail(error: Error): void {
    this.#fail(error)
  }

  /** Ends the wait of whatever is not to be read any more. */
  letGo(): void {
    this.#over = true
    this.#start()
    for (const lane of this.#lanes.values()) lane.open()
  }

  async all(consumer: PartitionConsumer): Promise<void> {
    this.#consumer = consumer
    this.#start()
    const waiting = [...this.#lanes.values()]
    const take = async (worker: LoadingWorker): Promise<void> => {
      for (let lane = waiting.shift(); lane; lane = waiting.shift()) await this.#load(lane, worker)
    }
    await Promise.race([Promise.all(this.workers.map(take)), this.#failed])
  }

  async #load(lane: Lane, worker: LoadingWorker): Promise<void> {
    const loaded = worker.load(lane.part)
    lane.worker = worker
    if (lane.part.until === 0) lane.end()
    lane.open()
    await Promise.race([lane.ended, loaded])
    worker.endRecords()
    await loaded
  }

  /**
   * Takes what Kafka delivers of a partition; holds it until its turn, and for good once it is loaded.
   * @param assignment aborted when the group shares its partitions out anew: the consumer then delivers nothing until all
   *   that it has delivered is let go, and a turn that waits for it would never come
   */
  async take(batch: PartitionBatch, assignment: AbortSignal): Promise<void> {
    await this.#started
    const topic = batch.topicRole as SourceTopicRole
    const { partition } = batch
    const lane = this.#lanes.get(partitionKey({ topic, partition }))
    if (lane?.worker === undefined) {
      // nothing more of it is fetched meanwhile; this batch waits here
      this.#consumer?.pause(topic, partition)
      if (lane === undefined) return
      await Promise.race([lane.turn, aborted(assignment)])
      if (assignment.aborted || this.#over) return
      this.#consumer?.resume(topic, partition)
    }
    await this.#hand(lane, batch, topic)
    if (lane.next < lane.part.until) return
    this.#consumer?.pause(topic, partition)
    lane.end()
  }

  async #hand(lane: Lane, batch: PartitionBatch, topic: SourceTopicRole): Promise<void> {
    const { part, worker } = lane
    const records = batch.records
      .filter(({ offset }) => Number(offset) >= lane.next && Number(offset) < part.until)
      .map((record): IncomingRecord => {
        const { recordedAt: timestampMs, key, value, unreadable } = record
        return { topic, partition: part.partition, offset: Number(record.offset), timestampMs, key, value, unreadable }
      })
    if (records.length > 0) await worker?.give(records)
    lane.next = Math.max(lane.next, Number(batch.nextOffset))
  }
}

/** Resolves once the signal is aborted. */
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

const laneOf = (part: PartToLoad): Lane => {
  const [turn, open] = gate()
  const [ended, end] = gate()
  return { part, worker: undefined, next: 0, turn, open, ended, end }
}

const gate = (): [Promise<void>, () => void] => {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return [opened, () => open()]
}
