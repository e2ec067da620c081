import { LRUCache } from 'lru-cache'
import { trackKey, type FoldedTrack } from './folded-track.js'

/**
 * Folded tracks of this process, bounded by the number of statements in them. They are right as long as nobody else
 * moves a checkpoint of their partition, the registry's, or the epoch: whoever finds one moved drops what hangs on it.
 */
export class TrackCache {
  readonly #tracks: LRUCache<string, FoldedTrack>

  constructor(readonly statementsMax: number) {
    this.#tracks = new LRUCache({ maxSize: statementsMax, sizeCalculation: weightOf })
  }

  get(key: string): FoldedTrack | undefined {
    return this.#tracks.get(key)
  }

  /** Also after a track has grown, so that its weight counts. */
  set(track: FoldedTrack): void {
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

/** What a track costs in memory beside its statements: rows of positions and changes, matters. */
const TRACK_WEIGHT = 10

const weightOf = ({ items }: FoldedTrack): number => items.size + TRACK_WEIGHT
