import type { BatchQueue } from './batch-queue.js'

/**
 * Whose turn it is to read records: one partition after the other, each once less than a batch is waiting. What is read
 * ahead of that only takes memory, ten times that of its bytes, and lives long enough to be expensive to collect.
 */
export class ReadingTurns {
  #last: Promise<unknown> = Promise.resolve()

  constructor(readonly queue: BatchQueue) {}

  /** @param read puts what it has read into the queue before it ends */
  take<T>(read: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.queue.untilShort()).then(read)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
