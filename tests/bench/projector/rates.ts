import type { Measurement, Progress } from './subject.js'

/** Events a second from the first point of a measurement to its last. */
export const rateOf = ({ progress }: Pick<Measurement, 'progress'>): number => {
  const [first, last] = [progress[0], progress.at(-1)]
  if (!first || !last || last.atMs <= first.atMs) throw new Error('a measurement needs two points in time')
  return ((last.events - first.events) / (last.atMs - first.atMs)) * 1_000
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = NaN, high = NaN] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

/**
 * How the cost of an event grows over a run: microseconds for each of the last `window` events over those of the first.
 * Undefined where the run is shorter than two windows.
 */
export function growthOf(progress: readonly Progress[], window: number): number | undefined {
  const [first, last] = [progress[0], progress.at(-1)]
  if (!first || !last || last.events - first.events < 2 * window) return undefined
  const opening = momentOf(progress, first.events + window) - first.atMs
  const closing = last.atMs - momentOf(progress, last.events - window)
  return closing / opening
}

/** When so many events were done, between two points in proportion. */
function momentOf(progress: readonly Progress[], events: number): number {
  const after = progress.findIndex((point) => point.events >= events)
  const [before, next] = [progress[Math.max(0, after - 1)], progress[after]]
  if (!before || !next || next.events === before.events) return next?.atMs ?? NaN
  return before.atMs + ((events - before.events) / (next.events - before.events)) * (next.atMs - before.atMs)
}
