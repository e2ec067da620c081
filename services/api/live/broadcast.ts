import { setImmediate, setTimeout } from 'node:timers/promises'
import { frameOf, type FeedEntry } from './feed-entry.js'
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
const GATHER_MS = { min: 5, max: 25 }
/** Subscribers that are served without a break: about 2 ms, so that reads have their turn. */
const SLICE = 200

/** Subscribers that ask for the same, for whom bytes are built once. */
interface Group {
  readonly filter: FeedFilter
  readonly subscribers: Set<Subscriber>
}

/** Sends what comes to all who are live: gathered for some milliseconds, built once for each filter, the same bytes to each. */
export class Broadcast {
  /** The number up to which everything was sent, or is being sent, to all who are live. */
  number = 0
  readonly #groups = new Map<string, Group>()
  readonly #waiting = new Set<() => void>()
  #running = false

  constructor(readonly options: BroadcastOptions) {}

  /** Takes a subscriber that was served up to `number`. */
  join(subscriber: Subscriber): void {
    if (subscriber.number !== this.number) throw new Error('who joins has been served up to where the others are')
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
  }

  /** Waits until more was sent. */
  async moved(ended: Promise<unknown>): Promise<void> {
    let wake: () => void = () => undefined
    const woken = new Promise<void>((resolve) => (wake = resolve))
    this.#waiting.add(wake)
    await Promise.race([woken, ended])
    this.#waiting.delete(wake)
  }

  async #run(): Promise<void> {
    this.#running = true
    let restMs = GATHER_MS.min
    while (this.number < this.options.recent.newest) {
      await setTimeout(restMs)
      const startMs = performance.now()
      await this.#send()
      // half as long as sending took: the more readers there are, the more each write carries
      restMs = Math.min(Math.max((performance.now() - startMs) / 2, GATHER_MS.min), GATHER_MS.max)
    }
    this.#running = false
  }

  async #send(): Promise<void> {
    const { recent } = this.options
    const entries = recent.between(this.number, recent.newest, BATCH_MAX)
    const number = entries.at(-1)?.number ?? recent.newest
    const batches = [...this.#groups.values()].map((group) => this.#batchOf(group, entries))
    this.number = number
    for (const wake of this.#waiting) wake()
    let served = 0
    for (const { subscribers, bytes, frames } of batches)
      for (const subscriber of subscribers) {
        // who left meanwhile and came back has been served by itself
        if (!subscriber.isLive || subscriber.number >= number) continue
        if (subscriber.isBehind) this.options.onBehind(subscriber)
        else {
          subscriber.write(bytes, number)
          this.options.onDelivered(frames)
        }
        if (++served % SLICE === 0) await setImmediate()
      }
  }

  #batchOf({ filter, subscribers }: Group, entries: readonly FeedEntry[]) {
    const canonical = filter.actor === undefined ? undefined : this.options.canonicalActor(filter.actor)
    const matches = matcherOf(filter, canonical)
    const frames = entries.filter((entry) => entry.body !== null && matches(entry)).map(frameOf)
    return { subscribers: [...subscribers], bytes: Buffer.from(frames.join('')), frames: frames.length }
  }
}

/** Entries that one write carries at most: some 100 KB. */
export const BATCH_MAX = 250
