import { compareItems } from '#libs/ledger/claim-order.js'
import type { TrackItem } from '#libs/ledger/claim.js'
import { openOwnTrack, type OwnTrack, type TrackBefore } from '#libs/ledger/own-track.js'
import type { Conflict, TrackMatters } from '#libs/ledger/track.js'
import { DeflatedTexts } from '../frozen/deflated-texts.js'
import type { Forgotten } from './cache/forget-segments.js'
import { NO_ROWS, type TrackDigest } from './row-digest.js'
import { StoredPositions } from './cache/stored-positions.js'
import type { StoredRow } from './track-rows.js'

/**
 * A track as this process has folded it, and what the database holds of it: enough to extend it without a query, and to
 * fold it again from any day on without folding what came before.
 */
export interface FoldedTrack {
  readonly actor: string
  readonly dossier: string
  readonly matters: TrackMatters
  /** Claims and retractions of each statement, sorted. Those that were forgotten are not among them. */
  readonly items: Map<string, readonly TrackItem[]>
  /** The fold in pieces of some days each, in their order. */
  readonly segments: Segment[]
  /** What came before the first of these pieces; null where they begin with the track. */
  forgotten: Forgotten | null
  /** After the last segment. */
  track: OwnTrack
  changesOfDay: DayCount
  conflictsOfDay: DayCount
  /** By `positionKey`. */
  readonly positions: StoredPositions
  /** How many positions were left as objects when quiet ones were frozen last. */
  warmAtFreeze: number
  /** By id, revoked ones included: an id that comes again goes on from their revision. */
  readonly changes: Map<string, StoredRow>
  readonly conflicts: Map<string, StoredRow>
  digest: TrackDigest
  /** Whether the segments hold all items; not so when it was just loaded. */
  folded: boolean
}

/** A piece of the fold. All that a statement says lies in one piece, since it is cut between two days. */
export interface Segment {
  /** What extending the track by this piece replaced; once for each time that the piece grew, the first time first. */
  readonly before: TrackBefore[]
  readonly changesOfDayBefore: DayCount
  readonly conflictsOfDayBefore: DayCount
  readonly firstDay: string
  /** Sorted by `compareItems`. */
  readonly items: TrackItem[]
  /** What folding it made: ids of changes, conflicts as it left them, keys of the positions it touched. */
  changes: readonly string[]
  conflicts: ReadonlyMap<string, PlacedConflict>
  touched: readonly string[]
  /** When the cache last saw it grow, on the cache's own clock; 0 before that. */
  keptAt: number
}

/** A conflict as one segment left it; its place is that of the day on which it was opened. */
export interface PlacedConflict {
  readonly conflict: Conflict
  readonly trackOrder: number
}

export interface DayCount {
  readonly day: string
  readonly count: number
}

export const NO_DAY: DayCount = { day: '', count: 0 }

/** A track with nothing in it, whose positions can be frozen to next to nothing. */
export const openFreezable = (matters: TrackMatters): OwnTrack => openOwnTrack(matters, () => new DeflatedTexts())

export const trackKey = (actor: string, dossier: string): string => `${dossier} ${actor}`

export const emptyFoldedTrack = (actor: string, dossier: string, matters: TrackMatters): FoldedTrack => ({
  actor,
  dossier,
  matters,
  items: new Map(),
  segments: [],
  forgotten: null,
  track: openFreezable(matters),
  changesOfDay: NO_DAY,
  conflictsOfDay: NO_DAY,
  positions: new StoredPositions(),
  warmAtFreeze: 0,
  changes: new Map(),
  conflicts: new Map(),
  digest: NO_ROWS,
  folded: true,
})

/** The segment that a day belongs to; 0 for one before them all. */
export const segmentOfDay = ({ segments }: FoldedTrack, day: string): number => {
  let index = segments.length - 1
  while (index > 0 && (segments[index]?.firstDay ?? '') > day) index--
  return Math.max(0, index)
}

/** Cuts sorted items into pieces of a segment's size, between two days. */
export const cutByDays = (items: readonly TrackItem[]): TrackItem[][] => {
  const pieces: TrackItem[][] = []
  let piece: TrackItem[] = []
  for (const item of items) {
    if (isFull(piece.length) && piece.at(-1)?.latest !== item.latest) {
      pieces.push(piece)
      piece = []
    }
    piece.push(item)
  }
  if (piece.length > 0) pieces.push(piece)
  return pieces
}

/**
 * Items a segment. A late claim folds half of this again and all that came after it; each segment holds one copy of the
 * standing claims.
 */
const SEGMENT_ITEMS = 16
export const isFull = (itemCount: number): boolean => itemCount >= SEGMENT_ITEMS

export const sortItems = (items: TrackItem[]): TrackItem[] => items.sort(compareItems)

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
