import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { Worker, type ResourceLimits } from 'node:worker_threads'
import type { Backlog, RelayEvents, RelayState, RelayStatus } from './relay.js'
import type { FromRelayWorker, RelaySetup, ToRelayWorker } from './worker-messages.js'

/** Told beside what happens within the relay. */
export interface RelayThreadEvents extends RelayEvents {
  /** The thread has ended by itself, and another is started after a pause. */
  died(error: Error): void
}

/** A transaction takes 15 s at most, and mostly a few milliseconds: past this the next relay finds out how it ended. */
const STOP_MS_MAX = 8_000
const BACK_OFF_MS = { first: 500, max: 15_000 }

/**
 * A relay on a thread of its own, so that what it encodes does not hold up who does the projecting. A thread that dies, of
 * whatever, is as a relay that is killed: Postgres lets its lock go, and the next one finds what it left. It runs again
 * after a pause, and its process goes on.
 */
export class RelayThread implements RelayStatus, AsyncDisposable {
  readonly #stopping = new AbortController()
  #worker: Worker | undefined
  #running: Promise<void> | undefined
  #state: RelayState = 'starting'
  #backlog: Backlog | undefined
  #backOffMs = BACK_OFF_MS.first

  constructor(
    readonly setup: RelaySetup,
    readonly events: RelayThreadEvents,
  ) {}

  start(): void {
    this.#running ??= this.#run()
  }

  get state(): RelayState {
    return this.#state
  }

  get backlog(): Backlog | undefined {
    return this.#state === 'leading' ? this.#backlog : undefined
  }

  /** Asks to leave the processor to something more urgent for half a second. */
  giveWay(): void {
    this.#tell({ kind: 'give way' })
  }

  /** Lets the thread finish the transaction under way, within a bound. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    this.#tell({ kind: 'stop' })
    const bound = new AbortController()
    const tooLate = pause(STOP_MS_MAX, undefined, { signal: bound.signal }).then(
      () => this.#worker?.terminate(),
      () => undefined,
    )
    await this.#running
    bound.abort()
    await tooLate
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #run(): Promise<void> {
    while (!this.#isStopped()) {
      const error = await this.#untilEnded()
      if (this.#isStopped()) return
      this.#state = 'failing'
      this.events.died(error)
      await pause(this.#backOffMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
      this.#backOffMs = Math.min(2 * this.#backOffMs, BACK_OFF_MS.max)
    }
  }

  /** @returns why the thread has ended; a matter of course only if it was asked to */
  async #untilEnded(): Promise<Error> {
    // else the young generation that the process was started with for a batch (--max-semi-space-size) is this thread's, too
    setFlagsFromString('--max-semi-space-size=0')
    const worker = new Worker(new URL('./relay-worker.js', import.meta.url), {
      workerData: this.setup,
      resourceLimits: memoryOf(this.setup),
    })
    this.#worker = worker
    worker.on('message', (message: FromRelayWorker) => this.#hear(message))
    let reason: Error | undefined
    worker.on('error', (error: unknown) => (reason = error instanceof Error ? error : new Error(String(error))))
    const code = await new Promise<number>((resolve) => worker.once('exit', resolve))
    this.#worker = undefined
    return reason ?? new Error(`It ended with code ${code}.`)
  }

  #tell(message: ToRelayWorker): void {
    this.#worker?.postMessage(message)
  }

  #hear(message: FromRelayWorker): void {
    switch (message.kind) {
      case 'leads':
        this.#backOffMs = BACK_OFF_MS.first
        return this.events.leads(message.found)
      case 'published':
        return this.events.published(message.topics, message.elapsedMs)
      case 'backlog':
        this.#backlog = message.backlog
        return this.events.backlog(message.backlog)
      case 'failed':
        return this.events.failed(undefined)
      case 'entered':
        this.#state = message.state
        return this.events.entered(message.state)
    }
  }
}

const YOUNG_MEGABYTES = 24
const OLD_MEGABYTES = 96
const MEBIBYTE = 1_048_576
/** Two transactions at once, as text of two bytes a character, its lines, and what is made of them. */
const OLD_PER_BATCH = 16

/**
 * With a backlog of 500,000 messages 20 to 45 MB of the heap live. A low limit also makes V8 collect the buffers outside of it
 * sooner: of the projector it takes 100 MB less than one of 2 GB does, at 10 µs a message while there is a backlog.
 */
const memoryOf = ({ relay }: RelaySetup): ResourceLimits => ({
  maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
  maxOldGenerationSizeMb: OLD_MEGABYTES + Math.ceil((OLD_PER_BATCH * relay.batchBytesMax) / MEBIBYTE),
})
