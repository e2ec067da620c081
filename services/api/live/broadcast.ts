import { setImmediate, setTimeout } from 'node:timers/promises'
import { frameOf } from './feed-entry.js'
import { filterKey, matcherOf, type FeedFilter } from './feed-filter.js'
import type { RecentEntries } from './recent-entries.js'
import type { Subscriber } from './subscriber.js'

export interface BroadcastOptions {
  readonly recent: RecentEntries
  canonicalActor(actor: string): string | undefined
  /** A subscriber has more waiting for it than may: it must catch up at its own pace. */
  onBehind(subscriber: Subscriber): void
  onDelivered(frames: number): void
}

/** How long entries wait for others, so that one write carries several. */
const GATHER_MS = 5
/** Subscribers that are served without a break: 1 to 2 ms, so that reads, and what comes meanwhile, have their turn. */
const SLICE = 100

/** Subscribers that ask for the same, for whom bytes are built once. */
interface Group {
  readonly filter: FeedFilter
  readonly subscribers: Set<Subscriber>
}

/** What of the feed lies between two numbers, as bytes. */
interface Frames {
  readonly after: number
  readonly last: number
  readonly bytes: Buffer
  readonly count: number
}

/**
 * Sends what comes to all who are live: round after round while something comes, the same bytes to all who ask the same. Each
 * gets what there is when its turn comes, not what there was when the round began: it waits for a round at most.
 */
export class Broadcast {
  /** The number up to which everything was sent, or is being sent, to all who are live. */
  number = 0
  /** The number up to which everything was sent to all who are live. */
  sent = 0
  readonly #groups = new Map<string, Group>()
  readonly #waiting = new Set<() => void>()
  #running = false

  constructor(readonly options: BroadcastOptions) {}

  /** Whether a subscriber has what the others have, and nothing that is not here yet. */
  takes({ number }: Subscriber): boolean {
    return number >= this.number && number <= Math.max(this.number, this.options.recent.newest)
  }

  /** @throws Error for one that it does not take */
  join(subscriber: Subscriber): void {
    if (!this.takes(subscriber)) throw new Error('who joins has been served up to where the others are')
    const { filter } = subscriber.options
    const key = filterKey(filter)
    const group = this.#groups.get(key) ?? { filter, subscribers: new Set<Subscriber>() }
    this.#groups.set(key, group)
    group.subscribers.add(subscriber)
    subscriber.isLive = true
    subscriber.wasLive = true
  }

  leave(subscriber: Subscriber): void {
    subscriber.isLive = false
    const key = filterKey(subscriber.options.filter)
    const group = this.#groups.get(key)
    group?.subscribers.delete(subscriber)
    if (group?.subscribers.size === 0) this.#groups.delete(key)
  }

  /** Sends what was added to the recent entries, soon. */
  announce(): void {
    if (!this.#running) void this.#run()
  }

  /** Goes on from another number, when nobody is live. */
  restartAt(number: number): void {
    this.number = number
    this.sent = number
  }

  /** Waits until more is being sent, or was sent to all. */
  async moved(ended?: Promise<unknown>): Promise<void> {
    let wake: () => void = () => undefined
    const woken = new Promise<void>((resolve) => (wake = resolve))
    this.#waiting.add(wake)
    await (ended ? Promise.race([woken, ended]) : woken)
    this.#waiting.delete(wake)
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.number < this.options.recent.newest) {
      await setTimeout(GATHER_MS)
      await this.#sendRound()
    }
    this.#running = false
  }

  /** Serves everyone once. */
  async #sendRound(): Promise<void> {
    const number = this.#lastAfter(this.number)
    this.number = number
    this.#wake()
    let served = 0
    for (const { filter, subscribers } of [...this.#groups.values()]) {
      let built: Frames | undefined
      for (const subscriber of [...subscribers]) {
        built = this.#send(subscriber, filter, built)
        if (++served % SLICE === 0) await setImmediate()
      }
    }
    // unless the feed has begun anew meanwhile
    if (this.number === number) this.sent = number
    this.#wake()
  }

  /** @returns what was built for it, or before: who is served next mostly needs the same */
  #send(subscriber: Subscriber, filter: FeedFilter, built: Frames | undefined): Frames | undefined {
    const { recent } = this.options
    const { isLive, number } = subscriber
    if (!isLive || number >= recent.newest) return built
    if (subscriber.isBehind || !recent.reachesBackTo(number)) {
      this.options.onBehind(subscriber)
      return built
    }
    const isBuilt = built?.after === number && built.last === this.#lastAfter(number)
    const frames = isBuilt ? built : this.#build(filter, number)
    subscriber.write(frames.bytes, frames.last)
    this.options.onDelivered(frames.count)
    return frames
  }

  /** The number up to which one write goes that begins after another. */
  #lastAfter(number: number): number {
    return Math.min(this.options.recent.newest, number + BATCH_MAX)
  }

  #build(filter: FeedFilter, after: number): Frames {
    const last = this.#lastAfter(after)
    const canonical = filter.actor === undefined ? undefined : this.options.canonicalActor(filter.actor)
    const matches = matcherOf(filter, canonical)
    const entries = this.options.recent.between(after, last, BATCH_MAX)
    const frames = entries.filter((entry) => entry.body !== null && matches(entry)).map(frameOf)
    return { after, last, bytes: Buffer.from(frames.join('')), count: frames.length }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }
}

/** Entries that one write carries at most: some 100 KB. */
export const BATCH_MAX = 250
