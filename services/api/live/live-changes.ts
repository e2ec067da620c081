import { setTimeout } from 'node:timers/promises'
import { LedgerError } from '#libs/contracts/error-codes.js'
import type { KafkaConfig } from '#libs/kafka/config.js'
import { resolveActor } from '#libs/ledger/registry.js'
import type { FastifyBaseLogger } from 'fastify'
import type { LedgerReads } from '../reads/snapshot.js'
import type { RegistryFollower } from '../registry/follow-registry.js'
import { BATCH_MAX, Broadcast } from './broadcast.js'
import { catchUp } from './catch-up.js'
import type { FeedEntry } from './feed-entry.js'
import { ChangesFollower } from './follow-changes.js'
import { asMayBeShown, newestNumber, readFeed } from './read-feed.js'
import { RecentEntries } from './recent-entries.js'
import type { Subscriber } from './subscriber.js'

/** Bounds of the stream (config.ts). */
export interface StreamLimits {
  readonly subscribersMax: number
  /** Of one key, or of one address without a key. */
  readonly subscribersOfCallerMax: number
  /** Entries that are kept for who is a little behind. */
  readonly recentMax: number
  readonly bufferBytesMax: number
  readonly drainMsMax: number
  readonly heartbeatMs: number
}

export interface LiveChangesParts {
  readonly reads: LedgerReads
  readonly registry: RegistryFollower
  readonly limits: StreamLimits
  readonly log: FastifyBaseLogger
}

const LOOK_MS = 1_000
const POSTGRES_RETRY_MS = 250

/** The feed as it comes, and everyone who listens to it. */
export class LiveChanges {
  readonly recent: RecentEntries
  readonly broadcast: Broadcast
  readonly subscribers = new Map<Subscriber, string>()
  /** Frames that were sent to those who are live. */
  delivered = 0
  readonly #ofCaller = new Map<string, number>()
  #follower: ChangesFollower | undefined
  #isClosing = false

  constructor(readonly parts: LiveChangesParts) {
    const { limits, registry } = parts
    this.recent = new RecentEntries(limits.recentMax)
    this.broadcast = new Broadcast({
      recent: this.recent,
      canonicalActor: (actor) => {
        const newest = registry.latest()
        return newest && resolveActor(newest, actor)
      },
      onBehind: (subscriber) => {
        this.broadcast.leave(subscriber)
        void this.#serve(subscriber)
      },
      onDelivered: (frames) => (this.delivered += frames),
    })
  }

  /** Follows the topic until it is closed. Kafka may be away. */
  follow(kafka: KafkaConfig): AsyncDisposable {
    const { limits, log } = this.parts
    const follower = new ChangesFollower({
      kafka,
      log,
      tailRecords: limits.recentMax,
      onEntries: (entries) => this.#take(entries),
      onCaughtUp: () => this.#findPlace(),
    })
    this.#follower = follower
    const look = setInterval(() => this.#look(), LOOK_MS)
    return {
      [Symbol.asyncDispose]: async () => {
        clearInterval(look)
        this.closeAll()
        await follower[Symbol.asyncDispose]()
      },
    }
  }

  /** @throws LedgerError NOT_READY, OVERLOADED or RATE_LIMITED if another subscriber of this caller cannot be served */
  checkRoom(caller: string): void {
    const { subscribersMax, subscribersOfCallerMax } = this.parts.limits
    if (this.#isClosing || this.#follower?.follows !== true)
      throw new LedgerError('NOT_READY', {
        detail: 'The topic of changes is not followed at the moment.',
        retryAfterSeconds: 2,
      })
    if (this.subscribers.size >= subscribersMax) throw new LedgerError('OVERLOADED', { retryAfterSeconds: 10 })
    if ((this.#ofCaller.get(caller) ?? 0) >= subscribersOfCallerMax)
      throw new LedgerError('RATE_LIMITED', {
        detail: 'You have as many streams open as one caller may.',
        retryAfterSeconds: 10,
      })
  }

  /** @throws LedgerError NUMBER_AHEAD for a number that nothing has yet */
  async checkNumber(after: number): Promise<void> {
    if (after > this.broadcast.number) await readFeed(this.parts.reads, { after, countMax: 1 })
  }

  /** Takes a subscriber over, until it ends. */
  add(subscriber: Subscriber, caller: string): void {
    this.subscribers.set(subscriber, caller)
    this.#ofCaller.set(caller, (this.#ofCaller.get(caller) ?? 0) + 1)
    void subscriber.ended.then(() => this.#remove(subscriber, caller))
    void this.#serve(subscriber)
  }

  /** Ends every stream, and lets none begin. */
  closeAll(): void {
    this.#isClosing = true
    for (const subscriber of this.subscribers.keys()) subscriber.close('stopping')
  }

  #remove(subscriber: Subscriber, caller: string): void {
    this.broadcast.leave(subscriber)
    this.subscribers.delete(subscriber)
    const left = (this.#ofCaller.get(caller) ?? 1) - 1
    if (left > 0) this.#ofCaller.set(caller, left)
    else this.#ofCaller.delete(caller)
  }

  async #serve(subscriber: Subscriber): Promise<void> {
    const { reads, registry, limits, log } = this.parts
    const from = { reads, registry, recent: this.recent, broadcast: this.broadcast, drainMsMax: limits.drainMsMax }
    try {
      if ((await catchUp(subscriber, from)) === 'slow') subscriber.close('slow')
    } catch (error) {
      log.warn({ err: error }, 'A stream could not be served and was ended; its reader may resume.')
      subscriber.close('interrupted')
    }
  }

  /** Nothing is passed on before it is known what of it was taken down: without Postgres the stream waits. */
  async #take(entries: readonly FeedEntry[]): Promise<void> {
    const news = entries.filter(({ number }) => number > this.recent.newest)
    const size = Math.min(BATCH_MAX, this.recent.countMax)
    for (let start = 0; start < news.length; start += size) {
      const part = news.slice(start, start + size)
      await this.#untilRoomFor(part)
      const screened = await this.#fromPostgres(() => asMayBeShown(this.parts.reads, part))
      for (const entry of screened ?? []) this.#keep(entry)
      this.broadcast.announce()
    }
  }

  /** What is kept gives way to what comes only when it was sent to all who are live: the topic can wait. */
  async #untilRoomFor(part: readonly FeedEntry[]): Promise<void> {
    const givesWay = Math.min((part.at(-1)?.number ?? 0) - this.recent.countMax, this.recent.newest)
    while (this.broadcast.sent < givesWay) await this.broadcast.moved()
  }

  /** Where the topic has nothing (it was made anew, say), the feed goes on where the outbox is. */
  async #findPlace(): Promise<void> {
    const newest = await this.#fromPostgres(() => newestNumber(this.parts.reads))
    if (this.recent.newest === 0) this.broadcast.restartAt(newest ?? 0)
  }

  /** Asks until there is an answer; none once this closes. */
  async #fromPostgres<T>(ask: () => Promise<T>): Promise<T | undefined> {
    while (!this.#isClosing) {
      try {
        return await ask()
      } catch (error) {
        this.parts.log.debug({ err: error }, 'The stream waits for Postgres.')
        await setTimeout(POSTGRES_RETRY_MS)
      }
    }
    return undefined
  }

  #keep(entry: FeedEntry): void {
    const { newest } = this.recent
    if (entry.number <= newest) return
    if (newest === 0) this.broadcast.restartAt(entry.number - 1)
    else if (entry.number !== newest + 1) this.#startAnew(entry.number)
    this.recent.add(entry)
  }

  /** The topic has jumped: what lies in between can only be had from the outbox, by resuming. */
  #startAnew(number: number): void {
    this.parts.log.warn({ after: this.recent.newest, found: number }, 'The topic of changes jumps: streams begin anew.')
    for (const subscriber of this.subscribers.keys()) subscriber.close('interrupted')
    this.recent.clear()
    this.broadcast.restartAt(number - 1)
  }

  /** What is looked at now and then: keys that hold no more, readers that have heard nothing for long. */
  #look(): void {
    const nowMs = performance.now()
    const keys = this.parts.registry.latest()?.keys
    for (const subscriber of this.subscribers.keys()) {
      const { keyId } = subscriber.options
      if (keyId !== null && keys && !isValid(keys.get(keyId))) subscriber.close('key')
      else if (nowMs - subscriber.lastWriteMs >= this.parts.limits.heartbeatMs && !subscriber.isBehind)
        subscriber.write(heartbeatOf(subscriber))
    }
  }
}

const isValid = (
  key: { readonly expires?: string | undefined; readonly revokedAt: string | null } | undefined,
): boolean => key?.revokedAt === null && (key.expires === undefined || Date.parse(key.expires) > Date.now())

/** Moves the reader's last id on over what its filter has left out, so that it need not be looked through again. */
const heartbeatOf = ({ number }: Subscriber): string => `: heartbeat\nid: ${number}\n\n`
