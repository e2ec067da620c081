import { setTimeout } from 'node:timers/promises'
import type { DecodedRecord } from '../records/decode-record.js'

/** What one partition has to be projected: it is done as a whole, or fails as a whole. */
export interface QueuedRecords {
  readonly records: readonly DecodedRecord[]
  readonly bytes: number
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export interface BatchQueueOptions {
  readonly bytesMax: number
  readonly recordsMax: number
  /** How long the first records after an idle time wait for others. */
  readonly waitMs: number
}

/**
 * Gathers what the partitions deliver into batches for one transaction each. Bounded by whoever fills it: a partition
 * brings nothing more before what it brought is done.
 */
export class BatchQueue {
  #waiting: QueuedRecords[] = []
  #wake: (() => void) | undefined
  #closed = false
  /** Those who wait until it is short. */
  #readers: (() => void)[] = []

  constructor(readonly options: BatchQueueOptions) {}

  get length(): number {
    return this.#waiting.length
  }

  add(queued: QueuedRecords): void {
    if (this.#closed) return queued.failed(new Error('the projector is stopping'))
    this.#waiting.push(queued)
    this.#wake?.()
  }

  /** Takes back what has not been taken: its partition is no longer ours. */
  remove(queued: QueuedRecords): void {
    if (!this.#waiting.includes(queued)) return
    this.#leave(this.#waiting.filter((other) => other !== queued))
    queued.done()
  }

  /** Waits until less than a batch is waiting, or the queue is closed. */
  async untilShort(): Promise<void> {
    while (!this.#closed && this.#isLong()) await new Promise<void>((resolve) => this.#readers.push(resolve))
  }

  /** The next batch: registry records alone and first, else what has waited longest. Empty once the queue is closed. */
  async take(): Promise<QueuedRecords[]> {
    // what woke us may have been taken back while we waited for more
    while (this.#waiting.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = undefined
      if (this.options.waitMs > 0) await setTimeout(this.options.waitMs)
    }
    const registry = this.#waiting.filter(isRegistry)
    const taken = this.#upToBounds(registry.length > 0 ? registry : this.#waiting)
    this.#leave(this.#waiting.filter((queued) => !taken.includes(queued)))
    return taken
  }

  /** Lets go of whoever waits; what was not taken fails. */
  close(): void {
    this.#closed = true
    const left = this.#waiting
    this.#leave([])
    for (const queued of left) queued.failed(new Error('the projector is stopping'))
    this.#wake?.()
  }

  #leave(waiting: QueuedRecords[]): void {
    this.#waiting = waiting
    for (const resolve of this.#readers.splice(0)) resolve()
  }

  #isLong(): boolean {
    const { bytesMax, recordsMax } = this.options
    let bytes = 0
    let records = 0
    for (const queued of this.#waiting) {
      bytes += queued.bytes
      records += queued.records.length
    }
    return bytes >= bytesMax || records >= recordsMax
  }

  #upToBounds(from: readonly QueuedRecords[]): QueuedRecords[] {
    const { bytesMax, recordsMax } = this.options
    let bytes = 0
    let records = 0
    const end = from.findIndex((queued) => {
      bytes += queued.bytes
      records += queued.records.length
      return bytes > bytesMax || records > recordsMax
    })
    // one that is larger than the bounds by itself must still be done
    return from.slice(0, end === -1 ? from.length : Math.max(1, end))
  }
}

const isRegistry = ({ records }: QueuedRecords): boolean => records[0]?.topic === 'registry'
