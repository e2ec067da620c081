import { setImmediate } from 'node:timers/promises'
import { SOURCE_TOPIC_ROLES, TOPICS, type SourceTopicRole, type TopicRole } from '#libs/contracts/topics.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { consumePartitions, type PartitionConsumer } from '#libs/kafka/consume-partitions.js'
import type { PartitionBatch } from '#libs/kafka/records.js'
import { tookTooLong } from '#libs/postgres/database.js'
import { BatchQueue, type QueuedRecords } from './batch/batch-queue.js'
import { Projection, type BatchReport } from './batch/projection.js'
import { ReadingTurns } from './batch/reading-turns.js'
import { createCheckpoints, readCheckpoints, START } from './checkpoints/checkpoints.js'
import { endStuckSessions } from './checkpoints/stuck-sessions.js'
import { watchEndOffsets } from './checkpoints/end-offsets.js'
import { gapIn, Halted } from './checkpoints/halt.js'
import type { ProjectorConfig } from './config.js'
import { DatabaseSession } from './database-session.js'
import { decodeRecord, type DecodedRecord } from './records/decode-record.js'
import { partitionOf } from './records/home-partition.js'
import type { IncomingRecord } from './records/incoming-record.js'
import { OffsetHoles } from './records/offset-holes.js'
import type { Reducers } from './tracks/reducers.js'

/** What happens while projecting, for the log and the metrics. */
export interface ProjectorEvents {
  /** A batch was committed. */
  projected(report: BatchReport, elapsedMs: number): void
  /** Something failed that is tried again. */
  failed(error: unknown): void
  /** Projecting has stopped, until an operator has mended what the message says. */
  halted(message: string): void
  parked(track: { readonly actor: string; readonly dossier: string; readonly error: unknown }): void
}

/**
 * Projects this process's share of the topics into whichever generation is live, until it is closed or has to halt. A
 * promotion falls between two batches; since the new generation stands where the old one did, reading just goes on.
 */
export class Projector implements AsyncDisposable {
  readonly #queue: BatchQueue
  readonly #turns: ReadingTurns
  readonly #projection: Projection
  readonly #writing: DatabaseSession
  readonly #asking: DatabaseSession
  readonly #watching: DatabaseSession
  readonly #stopping = new AbortController()
  readonly #holes = new OffsetHoles()
  #consumer: PartitionConsumer | undefined
  #running: Promise<unknown> | undefined
  #haltedBy: string | null = null
  /** Ends when the last question for a start is answered. */
  #started: Promise<unknown> = Promise.resolve()

  constructor(
    readonly config: ProjectorConfig,
    readonly events: ProjectorEvents,
    reducers?: Reducers,
  ) {
    this.#queue = new BatchQueue({
      bytesMax: config.batchBytesMax,
      recordsMax: config.batchRecordsMax,
      waitMs: config.batchWaitMs,
    })
    this.#turns = new ReadingTurns(this.#queue)
    this.#projection = new Projection({
      generation: 'live',
      partitionOf,
      topicPrefix: config.kafka.topicPrefix,
      cache: config.cache,
      reducers,
      onParked: (track) => events.parked(track),
    })
    const session = (applicationName: string, pipeline = false) =>
      new DatabaseSession(config.database, {
        applicationName,
        pipeline,
        onIdleError: (error) => events.failed(error),
      })
    this.#writing = session('statement-ledger projector', true)
    this.#asking = session('statement-ledger projector checkpoints')
    this.#watching = session('statement-ledger projector end offsets')
  }

  /** Joins the group and starts to project. */
  async start(kafka: KafkaConnection): Promise<void> {
    const watched = watchEndOffsets(kafka, this.#watching, this.#stopping.signal, (error) => this.events.failed(error))
    this.#running = Promise.all([this.#projectBatches(), watched])
    this.#consumer = await consumePartitions(kafka, {
      groupId: this.config.groupId,
      topics: SOURCE_TOPIC_ROLES,
      checkpointsOf: (role, partitions) => this.#startOf(role, partitions),
      rereadOffsets: REREAD_OFFSETS,
      onBatch: (batch, signal) => this.#enqueue(batch, signal),
      onGap: ({ topicRole: topic, partition, expected, found }) =>
        this.#halt(gapIn({ topic, partition, expected: Number(expected), found: Number(found) })),
      onFailure: (error) => this.events.failed(error),
      // every partition may have a batch waiting; how much is projected at once is the queue's part
      concurrency: SOURCE_TOPIC_ROLES.reduce((sum, role) => sum + TOPICS[role].partitions, 0),
      batchRecordsMax: Math.ceil(this.config.batchRecordsMax / 2),
      batchBytesMax: Math.ceil(this.config.batchBytesMax / 2),
      restMs: FETCH_REST_MS,
      fetchAheadBytesMax: 4 * this.config.batchBytesMax,
    })
  }

  /** Why it has halted, or null while it has not. */
  get haltedBy(): string | null {
    return this.#haltedBy
  }

  /** Whether it has its share of the partitions and reads them. A member of a large group may have none. */
  get isFlowing(): boolean {
    return this.#haltedBy === null && (this.#consumer?.flowing() ?? false)
  }

  /** Leaves the group, finishes the batch under way, closes its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#queue.close()
    this.#stopping.abort()
    await this.#consumer?.close()
    await this.#running
    await this.#writing[Symbol.asyncDispose]()
    await this.#asking[Symbol.asyncDispose]()
    await this.#watching[Symbol.asyncDispose]()
  }

  /** Partitions may be placed side by side, but the session has one user at a time. */
  #startOf(role: TopicRole, partitions: readonly number[]): Promise<Map<number, bigint>> {
    const start = this.#started.then(() => this.#readStart(role, partitions))
    this.#started = start.catch(() => undefined)
    return start
  }

  async #readStart(role: TopicRole, partitions: readonly number[]): Promise<Map<number, bigint>> {
    const topic = role as SourceTopicRole
    try {
      const client = await this.#asking.client()
      const { generation } = await readCheckpoints(client, 'live')
      await createCheckpoints(
        client,
        generation,
        partitions.map((partition) => ({ topic, partition })),
      )
      const { byPartition } = await readCheckpoints(client, generation)
      return new Map(
        partitions.map((partition) => {
          this.#holes.forget({ topic, partition })
          const { nextOffset } = byPartition.get(`${topic}/${partition}`) ?? START
          return [partition, BigInt(nextOffset)]
        }),
      )
    } catch (error) {
      await this.#asking.renew()
      throw error
    }
  }

  /** Reads a partition's batch while Postgres is busy with another, and waits until it is projected. */
  async #enqueue(batch: PartitionBatch, signal: AbortSignal): Promise<void> {
    if (this.#haltedBy !== null) throw new Halted(this.#haltedBy)
    const incoming = this.#holes.incoming(batch)
    if (incoming.length === 0) return
    const enqueue = async (): Promise<QueuedBatch | null> => {
      const records = signal.aborted ? [] : await readRecords(incoming)
      return signal.aborted ? null : { projected: this.#projected(records, batch.bytes, signal) }
    }
    // the registry's are projected before all others: they do not wait for these
    const queued = await (incoming[0]?.topic === 'registry' ? enqueue() : this.#turns.take(enqueue))
    await queued?.projected
  }

  /** Resolves once the records are committed, or taken back since their partition is no longer ours. */
  #projected(records: readonly DecodedRecord[], bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        signal.removeEventListener('abort', takeBack)
        settle()
      }
      const queued: QueuedRecords = {
        records,
        bytes,
        done: () => end(resolve),
        failed: (error) => end(() => reject(error instanceof Error ? error : new Error(String(error)))),
      }
      const takeBack = () => this.#queue.remove(queued)
      signal.addEventListener('abort', takeBack)
      this.#queue.add(queued)
    })
  }

  /** Ends when the queue is closed. What fails is delivered again from the checkpoint, after a pause. */
  async #projectBatches(): Promise<void> {
    for (;;) {
      const batch = await this.#queue.take()
      if (batch.length === 0) return
      try {
        await this.#projectBatch(batch)
        for (const queued of batch) queued.done()
      } catch (error) {
        for (const queued of batch) queued.failed(error)
        if (error instanceof Halted) this.#halt(error)
        await this.#writing.renew()
        if (tookTooLong(error)) await this.#endStuckSessions()
      }
    }
  }

  /** What took too long may have waited for the lock of a projector that was stopped. */
  async #endStuckSessions(): Promise<void> {
    try {
      const ended = await endStuckSessions(await this.#writing.client(), this.config.database.statementMsMax)
      if (ended > 0) this.events.failed(new Error(`${ended} sessions had stopped sending and were ended`))
    } catch (error) {
      this.events.failed(error)
      await this.#writing.renew()
    }
  }

  async #projectBatch(batch: readonly QueuedRecords[]): Promise<void> {
    const start = performance.now()
    const client = await this.#writing.client()
    const records = batch.length === 1 ? (batch[0]?.records ?? []) : batch.flatMap((queued) => queued.records)
    const report = await this.#projection.project(client, records)
    if (report.recordCount > 0) this.events.projected(report, performance.now() - start)
  }

  #halt(reason: Halted): void {
    if (this.#haltedBy !== null) return
    this.#haltedBy = reason.message
    this.events.halted(reason.message)
    // not waited for: this may be a call of the consumer's
    void this.#consumer?.close()
  }
}

interface QueuedBatch {
  readonly projected: Promise<void>
}

const readRecords = async (incoming: readonly IncomingRecord[]): Promise<DecodedRecord[]> => {
  const records: DecodedRecord[] = []
  for (const [index, record] of incoming.entries()) {
    records.push(decodeRecord(record, partitionOf))
    if (index % RECORDS_BETWEEN_PAUSES === RECORDS_BETWEEN_PAUSES - 1) await setImmediate()
  }
  return records
}

/** The record below the checkpoint: if it is there and not the journal's, the topic is not the one we know. */
const REREAD_OFFSETS = 1n

/** A batch takes longer: what comes meanwhile is in time for the next one. */
const FETCH_REST_MS = 5

/** Reading is all computing: now and then the sockets get their turn. */
const RECORDS_BETWEEN_PAUSES = 200
