import type { FeedEntry } from './feed-entry.js'

/** The last entries of the feed, without a gap between them, in a bounded ring. */
export class RecentEntries {
  readonly #ring: FeedEntry[] = []
  /** Where the oldest one is, once the ring is full. */
  #start = 0

  constructor(readonly countMax: number) {}

  /** 0 while there is none. */
  get newest(): number {
    return this.#at(this.#ring.length - 1)?.number ?? 0
  }

  /** Whether all that came after a number is here. */
  reachesBackTo(number: number): boolean {
    const oldest = this.#at(0)
    return oldest !== undefined && number >= oldest.number - 1
  }

  /** @throws Error for a number that does not follow: the numbers tell where each entry is */
  add(entry: FeedEntry): void {
    if (this.#ring.length > 0 && entry.number !== this.newest + 1)
      throw new Error(`${entry.number} does not follow ${this.newest}`)
    if (this.#ring.length < this.countMax) this.#ring.push(entry)
    else {
      this.#ring[this.#start] = entry
      this.#start = (this.#start + 1) % this.countMax
    }
  }

  /** Entries after a number, up to another, at most so many. */
  between(after: number, upTo: number, countMax: number): FeedEntry[] {
    const oldest = this.#at(0)?.number ?? 0
    const found: FeedEntry[] = []
    const last = Math.min(upTo, after + countMax, this.newest)
    for (let number = Math.max(after + 1, oldest); number <= last; number++) {
      const entry = this.#at(number - oldest)
      if (entry) found.push(entry)
    }
    return found
  }

  clear(): void {
    this.#ring.length = 0
    this.#start = 0
  }

  #at(index: number): FeedEntry | undefined {
    return this.#ring[(this.#start + index) % this.countMax]
  }
}
