import { LRUCache } from 'lru-cache'
import { trackKey, type FoldedTrack, type Segment } from '../folded-track.js'
import { forgetFirst } from './forget-segments.js'
import { freezeQuiet } from './freeze-quiet.js'
import type { TrackName } from '../load-tracks.js'
import { packFoldedTrack, unpackFoldedTrack, type PackedFoldedTrack } from './packed-folded-track.js'

/**
 * Folded tracks of this process: those that move are held as the fold's own objects, those that nobody moved for longest
 * as bytes, and what does not fit among these either is read from the database again. Of long tracks the old segments are
 * forgotten before that. They are right as long as nobody else moves a checkpoint of their partition, the registry's, or
 * the epoch: whoever finds one moved drops what hangs on it.
 */
export class TrackCache {
  readonly #tracks: LRUCache<string, FoldedTrack>
  readonly #packed: LRUCache<string, PackedFoldedTrack>
  /** Statements that were folded so far: how old a segment is. */
  #clock = 1

  constructor(readonly bounds: TrackCacheBounds) {
    this.#packed = new LRUCache({ maxSize: Math.max(1, bounds.packedBytesMax), sizeCalculation: packedSizeOf })
    this.#tracks = new LRUCache({
      maxSize: Math.max(1, bounds.statementsMax),
      sizeCalculation: weightOf,
      dispose: (track, key, reason) => {
        if (reason === 'evict') this.#packed.set(key, packFoldedTrack(track))
      },
    })
  }

  /**
   * Takes a track out: it is the caller's, who sets it again once it is folded. Otherwise it might be packed, and lose what
   * the caller counts on, to make room for another one of the same batch.
   */
  take(key: string): FoldedTrack | undefined {
    const track = this.#tracks.get(key)
    const packed = track === undefined ? this.#packed.get(key) : undefined
    this.delete(key)
    return packed ? unpackFoldedTrack(packed) : track
  }

  /** Also after a track has grown, so that its weight counts. @param folded  how many statements were folded into it */
  set(track: FoldedTrack, folded: number): void {
    this.#clock += folded
    if (isLoaded(track)) forgetFirst(track, track.segments.length - LOADED_SEGMENTS_MAX)
    for (const segment of grownSegments(track)) segment.keptAt = this.#clock
    const oldest = this.#clock - this.bounds.statementsMax * REMEMBERED_SHARE
    // later ones are never older, and the last has just been kept
    forgetFirst(
      track,
      track.segments.findIndex(({ keptAt }) => keptAt >= oldest),
    )
    freezeQuiet(track)
    const key = trackKey(track.actor, track.dossier)
    if (weightOf(track) > this.bounds.statementsMax) this.#packed.set(key, packFoldedTrack(track))
    else this.#tracks.set(key, track)
  }

  delete(key: string): void {
    this.#tracks.delete(key)
    this.#packed.delete(key)
  }

  clearWhere(isMeant: (track: TrackName) => boolean): void {
    for (const tracks of [this.#tracks, this.#packed])
      for (const [key, track] of tracks) if (isMeant(track)) tracks.delete(key)
  }

  clear(): void {
    this.#tracks.clear()
    this.#packed.clear()
  }
}

export interface TrackCacheBounds {
  /** Statements, positions and conflicts of tracks that are held as objects, some 1 KB each. */
  readonly statementsMax: number
  readonly packedBytesMax: number
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

/** What a track costs in memory beside what it holds, in statements. */
const TRACK_WEIGHT = 10

const weightOf = ({ items, positions, conflicts }: FoldedTrack): number =>
  items.size + positions.warmCount + Math.ceil(FROZEN_WEIGHT * positions.frozenCount) + conflicts.size + TRACK_WEIGHT

/** What is left of the weight of a position once it is frozen. */
const FROZEN_WEIGHT = 0.1

/** What an entry costs beside its bytes. */
const ENTRY_BYTES = 512

const packedSizeOf = ({ bytes }: PackedFoldedTrack): number => bytes.length + ENTRY_BYTES
