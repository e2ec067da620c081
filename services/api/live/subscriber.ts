import type { ServerResponse } from 'node:http'
import { ERRORS, type ErrorCode } from '#libs/contracts/error-codes.js'
import type { FeedFilter } from './feed-filter.js'

export interface SubscriberOptions {
  readonly filter: FeedFilter
  /** The number after which it reads. */
  readonly after: number
  /** Null for who came without a key. */
  readonly keyId: string | null
  /** Bytes that may wait for it before it counts as behind. */
  readonly bufferBytesMax: number
}

/** Why a stream ended. `gone`: the reader went away. */
export type StreamEnd = 'gone' | 'stopping' | 'slow' | 'key' | 'interrupted'

const CODES: Readonly<Record<Exclude<StreamEnd, 'gone'>, ErrorCode>> = {
  stopping: 'NOT_READY',
  slow: 'STREAM_TOO_SLOW',
  key: 'KEY_INVALID',
  interrupted: 'NOT_READY',
}

/** How long what was written before the end may take to be read. */
const LINGER_MS_MAX = 5_000

/** One reader of the stream: a response that stays open. */
export class Subscriber {
  /** The number up to which it has been served; of what its filter leaves out too. */
  number: number
  /** Whether it is sent what comes, together with the others of its filter. */
  isLive = false
  /** Set once it was live: who then falls behind the recent entries is too slow. */
  wasLive = false
  lastWriteMs = performance.now()
  bytes = 0
  end: StreamEnd | undefined
  readonly ended: Promise<StreamEnd>
  #onEnd: (end: StreamEnd) => void = () => undefined

  constructor(
    readonly response: ServerResponse,
    readonly options: SubscriberOptions,
  ) {
    this.number = options.after
    this.ended = new Promise((resolve) => (this.#onEnd = resolve))
    response.once('close', () => this.#finish('gone'))
    response.on('error', () => this.#finish('gone'))
  }

  /** More waits for it than may. */
  get isBehind(): boolean {
    return this.response.writableLength > this.options.bufferBytesMax
  }

  /** Sends bytes and notes up to which number they serve it. */
  write(bytes: Buffer | string, number = this.number): void {
    this.number = number
    if (this.end !== undefined || bytes.length === 0) return
    this.bytes += bytes.length
    this.lastWriteMs = performance.now()
    this.response.write(bytes)
  }

  /** Waits until nothing waits for it. @returns false if it took nothing in for so long, or has ended */
  async drained(limitMs: number): Promise<boolean> {
    if (this.end !== undefined) return false
    if (!this.response.writableNeedDrain) return true
    return new Promise((resolve) => {
      const settle = (isDrained: boolean) => () => {
        clearTimeout(timer)
        this.response.off('drain', onDrain)
        resolve(isDrained)
      }
      const onDrain = settle(true)
      const timer = setTimeout(settle(false), limitMs)
      this.response.once('drain', onDrain)
      void this.ended.then(settle(false))
    })
  }

  /** Says why, and up to where it was served, as its last event; then closes within a bound. */
  close(end: Exclude<StreamEnd, 'gone'>): void {
    if (this.end !== undefined) return
    this.write(closingFrame(CODES[end], this.number))
    this.#finish(end)
    const { response } = this
    const timer = setTimeout(() => response.destroy(), LINGER_MS_MAX)
    response.once('close', () => clearTimeout(timer))
    response.end()
  }

  #finish(end: StreamEnd): void {
    if (this.end !== undefined) return
    this.end = end
    this.isLive = false
    this.#onEnd(end)
  }
}

const closingFrame = (code: ErrorCode, number: number): string =>
  `event: closed\ndata: ${JSON.stringify({ code, detail: ERRORS[code], lastEventId: String(number) })}\n\n`
