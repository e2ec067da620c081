/** Counts of latencies by whole milliseconds: as many as there are deliveries would not fit. */
export class Latencies {
  readonly counts: number[]
  constructor(counts: readonly number[] = []) {
    this.counts = Array.from({ length: LIMIT_MS + 1 }, (_, ms) => counts[ms] ?? 0)
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0)
  }

  add(ms: number, count = 1): void {
    const place = Math.min(Math.max(0, Math.round(ms)), LIMIT_MS)
    this.counts[place] = (this.counts[place] ?? 0) + count
  }

  /** Those of so many after a moment, `baseMs` later each. */
  addAll(baseMs: number, laterMs: readonly (number | null | undefined)[]): void {
    for (const [ms, count] of laterMs.entries()) if (count) this.add(baseMs + ms, count)
  }

  /** The milliseconds within which so much of it lies. @param share in [0, 1] */
  quantileMs(share: number): number {
    let left = share * this.total
    for (const [ms, count] of this.counts.entries()) {
      left -= count
      if (left <= 0 && count > 0) return ms
    }
    return NaN
  }
}

/** What took longer counts as this. */
const LIMIT_MS = 10_000
