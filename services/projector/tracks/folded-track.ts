import { openTrack, type Track } from '#libs/ledger/track-state.js'
import type { TrackMatters, TrackStatement } from '#libs/ledger/track.js'
import { NO_ROWS, type RowDigest, type TrackDigest } from './row-digest.js'
import type { StoredRow } from './track-rows.js'

/** A track as this process has folded it, and what the database holds of it: enough to extend it without a query. */
export interface FoldedTrack {
  readonly actor: string
  readonly dossier: string
  matters: TrackMatters
  track: Track
  readonly statements: Map<string, TrackStatement>
  /** By `positionKey`. */
  readonly positions: Map<string, StoredPosition>
  /** By id, revoked ones included. */
  readonly changes: Map<string, StoredRow>
  readonly conflicts: Map<string, StoredRow>
  digest: TrackDigest
  /** The last day with changes and with conflicts, and how many there are on it: the next gets the next place. */
  changesOfDay: DayCount
  conflictsOfDay: DayCount
  /** False until the statements have been folded whole at least once. */
  folded: boolean
}

export interface StoredPosition {
  readonly digest: RowDigest
  /** Key of the position that the headline's condition depends on. */
  readonly dependsOn: string | null
}

export interface DayCount {
  readonly day: string
  readonly count: number
}

export const NO_DAY: DayCount = { day: '', count: 0 }

export const trackKey = (actor: string, dossier: string): string => `${dossier} ${actor}`

export const emptyFoldedTrack = (actor: string, dossier: string, matters: TrackMatters): FoldedTrack => ({
  actor,
  dossier,
  matters,
  track: openTrack(matters),
  statements: new Map(),
  positions: new Map(),
  changes: new Map(),
  conflicts: new Map(),
  digest: NO_ROWS,
  changesOfDay: NO_DAY,
  conflictsOfDay: NO_DAY,
  folded: true,
})

/** Places within each day, for rows in the order of the fold, which never goes back to an earlier day. */
export const placesByDay = (days: readonly string[], last: DayCount): { places: number[]; last: DayCount } => {
  let { day, count } = last
  const places = days.map((next) => {
    count = next === day ? count + 1 : 1
    day = next
    return count
  })
  return { places, last: { day, count } }
}
