import { quantile } from './quantiles.js'
import {
  asOfAt,
  readLivePosition,
  readOnePosition,
  readPositions,
  type Clocks,
  type Instants,
  type TimedRead,
} from './timed-read.js'
import type { BenchTrack } from './track-events.js'

/** One way to read the short track, one read after the other: milliseconds. */
export interface ShortTrackFigures {
  readonly title: string
  readonly statements: number
  readonly reads: number
  readonly p50: number
  readonly p99: number
}

export interface ShortTrackReads {
  readonly apiUrl: string
  readonly track: BenchTrack
  readonly instants: Instants
  readonly reads: number
}

/** Each read has another `asOf`: no answer can be kept from the one before. */
export async function measureShortTrack(options: ShortTrackReads): Promise<ShortTrackFigures[]> {
  const { afterAmendments, beforeAmendments } = options.instants
  return [
    await sampled(LIVE, options, readLivePosition, afterAmendments),
    await sampled('one position, as known now', options, readOnePosition, afterAmendments),
    await sampled('all positions, as known now', options, readPositions, afterAmendments),
    await sampled('all positions, as known before 5 % were amended', options, readPositions, beforeAmendments),
  ]
}

/** No clocks, nothing folded: what the machine and HTTP take at that moment, to judge the others by. */
export const LIVE = 'one position, live'

type Read = (apiUrl: string, track: BenchTrack, clocks: Clocks) => Promise<TimedRead>

/** Until what is called often has been compiled. */
const WARM_UP_READS = 500

async function sampled(
  title: string,
  { apiUrl, track, reads }: ShortTrackReads,
  read: Read,
  knownAt: string,
): Promise<ShortTrackFigures> {
  const sample: number[] = []
  for (let index = 0; index < WARM_UP_READS + reads; index++) {
    const { ms } = await read(apiUrl, track, { asOf: asOfAt(index), knownAt })
    if (index >= WARM_UP_READS) sample.push(ms)
  }
  return { title, statements: track.statements.length, reads, p50: quantile(sample, 0.5), p99: quantile(sample, 0.99) }
}
