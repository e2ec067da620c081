import { LRUCache } from 'lru-cache'
import { trackKey, type FoldedTrack, type Segment } from './folded-track.js'
import { forgetFirst } from './forget-segments.js'

/**
 * Folded tracks of this process, bounded by the number of statements and positions in them: of long tracks the old ones are forgotten,
 * then whole tracks that nobody moved for longest. They are right as long as nobody else moves a checkpoint of their
 * partition, the registry's, or the epoch: whoever finds one moved drops what hangs on it.
 */
export class TrackCache {
  readonly #tracks: LRUCache<string, FoldedTrack>
  /** Statements that were folded so far: how old a segment is. */
  #clock = 1

  constructor(readonly statementsMax: number) {
    this.#tracks = new LRUCache({ maxSize: statementsMax, sizeCalculation: weightOf })
  }

  get(key: string): FoldedTrack | undefined {
    return this.#tracks.get(key)
  }

  /** Also after a track has grown, so that its weight counts. @param folded  how many statements were folded into it */
  set(track: FoldedTrack, folded: number): void {
    this.#clock += folded
    if (isLoaded(track)) forgetFirst(track, track.segments.length - LOADED_SEGMENTS_MAX)
    for (const segment of grownSegments(track)) segment.keptAt = this.#clock
    const oldest = this.#clock - this.statementsMax * REMEMBERED_SHARE
    // later ones are never older, and the last has just been kept
    forgetFirst(
      track,
      track.segments.findIndex(({ keptAt }) => keptAt >= oldest),
    )
    this.#tracks.set(trackKey(track.actor, track.dossier), track)
  }

  delete(key: string): void {
    this.#tracks.delete(key)
  }

  clearWhere(isMeant: (track: FoldedTrack) => boolean): void {
    for (const [key, track] of this.#tracks) if (isMeant(track)) this.#tracks.delete(key)
  }

  clear(): void {
    this.#tracks.clear()
  }

  get statementCount(): number {
    return this.#tracks.calculatedSize
  }
}

/**
 * A segment is remembered until this part of the bound, in statements of whatever track, has been folded since it grew.
 * The rest of the bound is for what tracks hold whatever their length.
 */
const REMEMBERED_SHARE = 0.25

/** A long track that was loaded must not drive out what is in use: nobody knows when its segments grew. */
const LOADED_SEGMENTS_MAX = 32
const isLoaded = ({ segments }: FoldedTrack): boolean => segments[0]?.keptAt === 0

/** Those that were made or extended since the cache saw the track last. */
const grownSegments = ({ segments }: FoldedTrack): Segment[] => {
  const grown = segments.slice(-1)
  for (let index = segments.length - 2; segments[index]?.keptAt === 0; index--) grown.push(segments[index] as Segment)
  return grown
}

/** What a track costs in memory beside its statements and positions, which cost about the same. */
const TRACK_WEIGHT = 10

const weightOf = ({ items, positions }: FoldedTrack): number => items.size + positions.size + TRACK_WEIGHT
