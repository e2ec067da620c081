import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { IncomingRecord } from '../records/incoming-record.js'
import { packRecords } from './packed-records.js'
import { ReplayError } from './replay-state.js'
import type { FromWorker, PartToLoad, ToWorker, WorkerSetup } from './worker-messages.js'

/** A thread that loads one partition at a time. */
export interface LoadingWorker {
  /** Loads a partition from the journal, or from what `give` hands over until `endRecords`. @returns when it is committed */
  load(part: PartToLoad): Promise<void>
  /** Hands records over. @returns once the worker has room for more */
  give(records: readonly IncomingRecord[]): Promise<void>
  endRecords(): void
}

export interface WorkerPool extends AsyncDisposable {
  readonly workers: readonly LoadingWorker[]
}

/** More threads than this only take turns at the one Postgres. */
const WORKERS_MAX = 8
const CLOSE_MS_MAX = 5_000
const YOUNG_MEGABYTES = 128

/** One thread a core: each computes while Postgres works for another. */
export const openWorkerPool = async (
  setup: WorkerSetup,
  partCount: number,
  onAdvanced: (count: number) => void,
): Promise<WorkerPool> => {
  const count = Math.max(1, Math.min(availableParallelism(), partCount, WORKERS_MAX))
  const workers = Array.from({ length: count }, () => new ThreadWorker(setup, onAdvanced))
  const pool = {
    workers,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
  try {
    await Promise.all(workers.map((worker) => worker.ready))
    return pool
  } catch (error) {
    await pool[Symbol.asyncDispose]()
    throw error
  }
}

class ThreadWorker implements LoadingWorker {
  readonly #thread: Worker
  readonly ready: Promise<void>
  #settle: Settled | undefined
  #roomWanted: (() => void) | undefined
  #failure: Error | undefined
  #isIdle = false

  constructor(setup: WorkerSetup, onAdvanced: (count: number) => void) {
    this.#thread = new Worker(new URL('./partition-worker.js', import.meta.url), {
      workerData: setup,
      // what is read lives until its partition is written: fewer, larger collections
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    })
    this.ready = this.#expect()
    this.#thread.on('message', (message: FromWorker) => this.#hear(message, onAdvanced))
    this.#thread.on('error', (error) => this.#fail(error))
    this.#thread.on('exit', (code) => this.#fail(new Error(`A worker of the replay ended with code ${code}.`)))
  }

  load(part: PartToLoad): Promise<void> {
    // a thread that has ended answers nothing
    if (this.#failure) return Promise.reject(this.#failure)
    const done = this.#expect()
    this.#isIdle = false
    this.#tell({ kind: 'load', part })
    return done
  }

  async give(records: readonly IncomingRecord[]): Promise<void> {
    if (this.#failure) throw this.#failure
    const packed = packRecords(records)
    const room = new Promise<void>((resolve) => (this.#roomWanted = resolve))
    this.#tell({ kind: 'records', records: packed }, [packed.bytes, packed.numbers.buffer])
    await room
  }

  endRecords(): void {
    this.#tell({ kind: 'end' })
  }

  /** A thread in the middle of a partition loses it: its transaction is rolled back, and the next replay loads it. */
  async close(): Promise<void> {
    if (this.#isIdle) {
      const ended = new Promise<unknown>((resolve) => this.#thread.once('exit', resolve))
      this.#tell({ kind: 'close' })
      await Promise.race([ended, setTimeout(CLOSE_MS_MAX, undefined, { ref: false })])
    }
    await this.#thread.terminate()
  }

  #expect(): Promise<void> {
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
  }

  #tell(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer)
  }

  #hear(message: FromWorker, onAdvanced: (count: number) => void): void {
    switch (message.kind) {
      case 'ready':
      case 'done':
        this.#isIdle = true
        return this.#settle?.resolve()
      case 'advanced':
        return onAdvanced(message.count)
      case 'taken':
        return this.#roomWanted?.()
      case 'failed':
        return this.#fail(errorOf(message))
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#isIdle = false
    this.#settle?.reject(this.#failure)
    this.#roomWanted?.()
  }
}

interface Settled {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

const errorOf = ({ message, stack, expected }: Extract<FromWorker, { kind: 'failed' }>): Error => {
  const error = expected ? new ReplayError(message) : new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
