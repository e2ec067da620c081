import type { TrackItem } from '#libs/ledger/claim.js'
import { foldIntoTrack, putBack } from '#libs/ledger/own-track.js'
import { withoutDelta, type Track } from '#libs/ledger/track-state.js'
import type { Change } from '#libs/ledger/track.js'
import { changeIds, conflictIds } from '#libs/resources/identity.js'
import { affectedBy, diffPositions, everyPosition, type PositionDiff } from './diff-positions.js'
import {
  cutByDays,
  isFull,
  NO_DAY,
  openFreezable,
  placesByDay,
  sortItems,
  type FoldedTrack,
  type PlacedConflict,
  type Segment,
} from './folded-track.js'
import { sameRow, withoutRow, withRow, type RowDigest } from './row-digest.js'
import {
  changeDigest,
  conflictDigest,
  positionKey,
  storedRow,
  type ChangeRow,
  type ConflictRow,
  type StoredRow,
} from './track-rows.js'

/** The rows in which a track differs from what the database holds. */
export interface TrackDiff extends PositionDiff {
  readonly changes: Revised<ChangeRow>[]
  readonly revokedChanges: string[]
  readonly conflicts: Revised<ConflictRow>[]
  readonly revokedConflicts: string[]
}

/** A row and the revision it gets: 1 for one that never was there. */
export interface Revised<Row> {
  readonly row: Row
  readonly revision: number
}

/** Folds items that sort last: what they make is all that can differ. @param items sorted, at least one */
export const foldAppended = (folded: FoldedTrack, items: readonly TrackItem[]): TrackDiff => {
  const made = emptyMade()
  for (const piece of cutByDays(items)) foldPiece(folded, segmentToExtend(folded, piece), piece, made)
  const diff = emptyDiff()
  storeMade(folded, diff, made)
  diffPositions(folded, diff, affectedBy(folded, made.touched))
  return diff
}

/**
 * Folds the track again from one segment on, and compares what that makes with what these segments had made.
 * @param items all that is to be folded from there on, in any order
 */
export const foldFromSegment = (folded: FoldedTrack, from: number, items: TrackItem[]): TrackDiff => {
  const unfolded = folded.segments.splice(from)
  const isWhole = !folded.folded
  rewind(folded, unfolded)
  const made = emptyMade()
  for (const piece of cutByDays(sortItems(items))) foldPiece(folded, newSegment(folded, piece), piece, made)
  folded.folded = true
  const diff = emptyDiff()
  restoreConflicts(folded, unfolded, made)
  storeMade(folded, diff, made)
  const oldChanges = isWhole ? [...folded.changes.keys()] : unfolded.flatMap(({ changes }) => changes)
  const oldConflicts = isWhole
    ? [...folded.conflicts.keys()]
    : unfolded.flatMap(({ conflicts }) => [...conflicts.keys()])
  diff.revokedChanges.push(...revokeMissing(folded, folded.changes, oldChanges, made.changes))
  diff.revokedConflicts.push(...revokeMissing(folded, folded.conflicts, oldConflicts, made.conflicts))
  for (const { touched } of unfolded) for (const key of touched) made.touched.add(key)
  diffPositions(folded, diff, isWhole ? everyPosition(folded) : affectedBy(folded, made.touched))
  return diff
}

/** What folding some pieces made, by id; later pieces have the last word on a conflict. */
interface Made {
  readonly changes: Map<string, { readonly change: Change; readonly trackOrder: number }>
  readonly conflicts: Map<string, PlacedConflict>
  readonly touched: Set<string>
}

const emptyMade = (): Made => ({ changes: new Map(), conflicts: new Map(), touched: new Set() })

export const emptyDiff = (): TrackDiff => ({
  positions: [],
  newPositions: [],
  gonePositions: [],
  changes: [],
  revokedChanges: [],
  conflicts: [],
  revokedConflicts: [],
})

/** The last segment, or a new one where that is full and the piece begins on another day. */
const segmentToExtend = (folded: FoldedTrack, piece: readonly TrackItem[]): Segment => {
  const last = folded.segments.at(-1)
  if (last === undefined) return newSegment(folded, piece)
  const begins = last.items.at(-1)?.latest !== piece[0]?.latest
  if (isFull(last.items.length) && begins) return newSegment(folded, piece)
  last.items.push(...piece)
  return last
}

const newSegment = (folded: FoldedTrack, piece: readonly TrackItem[]): Segment => {
  const segment: Segment = {
    before: [],
    changesOfDayBefore: folded.changesOfDay,
    conflictsOfDayBefore: folded.conflictsOfDay,
    firstDay: piece[0]?.latest ?? '',
    items: [...piece],
    changes: NONE,
    conflicts: NO_CONFLICTS,
    touched: NONE,
    keptAt: 0,
  }
  folded.segments.push(segment)
  return segment
}

const NONE: readonly string[] = []
/** Most segments have none, and an empty map takes as much as one with a few. */
const NO_CONFLICTS: ReadonlyMap<string, PlacedConflict> = new Map()

const rewind = (folded: FoldedTrack, unfolded: readonly Segment[]): void => {
  const [to] = unfolded
  if (to === undefined && folded.segments.length > 0) return
  if (to === undefined) folded.track = openFreezable(folded.matters)
  for (let index = unfolded.length - 1; index >= 0; index--)
    for (const before of (unfolded[index]?.before ?? []).toReversed()) folded.track = putBack(folded.track, before)
  folded.changesOfDay = to?.changesOfDayBefore ?? NO_DAY
  folded.conflictsOfDay = to?.conflictsOfDayBefore ?? NO_DAY
}

const foldPiece = (folded: FoldedTrack, segment: Segment, piece: readonly TrackItem[], made: Made): void => {
  const extension = foldIntoTrack(folded.track, piece)
  if (extension === 'refold') throw new Error('pieces of a track are folded in the order of their items')
  const { track, before } = extension
  folded.track = withoutDelta(track)
  segment.before.push(before)
  takeChanges(folded, segment, track, made)
  takeConflicts(folded, segment, track, made)
  const touched = track.delta.touched.map(({ matter, facet }) => positionKey(matter, facet))
  segment.touched = segment.touched.concat(touched.filter((key) => !segment.touched.includes(key)))
  for (const key of touched) made.touched.add(key)
}

const takeChanges = (folded: FoldedTrack, segment: Segment, track: Track, made: Made): void => {
  const { changes } = track.delta
  const ids = changeIds(folded.actor, changes)
  const { places, last } = placesByDay(
    changes.map(({ validFrom }) => validFrom),
    folded.changesOfDay,
  )
  folded.changesOfDay = last
  segment.changes = segment.changes.concat(ids)
  changes.forEach((change, index) => {
    const id = ids[index] ?? ''
    made.changes.set(id, { change, trackOrder: places[index] ?? 0 })
  })
}

/** Conflicts of a delta are new ones, and older ones that were settled, which keep their places. */
const takeConflicts = (folded: FoldedTrack, segment: Segment, track: Track, made: Made): void => {
  const { conflicts } = track.delta
  if (conflicts.length === 0) return
  const ids = conflictIds(folded.actor, folded.dossier, conflicts)
  const conflictsHere = new Map(segment.conflicts)
  segment.conflicts = conflictsHere
  conflicts.forEach((conflict, index) => {
    const id = ids[index] ?? ''
    const known = latestOf(folded, id)
    const placed = { conflict, trackOrder: known?.trackOrder ?? nextConflictPlace(folded, conflict.validFrom) }
    conflictsHere.set(id, placed)
    made.conflicts.set(id, placed)
  })
}

const nextConflictPlace = (folded: FoldedTrack, day: string): number => {
  const { places, last } = placesByDay([day], folded.conflictsOfDay)
  folded.conflictsOfDay = last
  return places[0] ?? 0
}

/** A conflict as the segments have left it, the latest first: nearly always it was opened a short while ago. */
const latestOf = ({ segments, forgotten }: FoldedTrack, id: string): PlacedConflict | undefined => {
  for (let index = segments.length - 1; index >= 0; index--) {
    const placed = segments[index]?.conflicts.get(id)
    if (placed) return placed
  }
  return forgotten?.openConflicts.get(id)
}

/** What the old segments had settled and the new ones leave alone is again as the segments before them left it. */
const restoreConflicts = (folded: FoldedTrack, unfolded: readonly Segment[], made: Made): void => {
  for (const { conflicts } of unfolded)
    for (const id of conflicts.keys()) {
      const placed = made.conflicts.has(id) ? undefined : latestOf(folded, id)
      if (placed) made.conflicts.set(id, placed)
    }
}

const storeMade = (folded: FoldedTrack, diff: TrackDiff, made: Made): void => {
  const { actor, dossier } = folded
  for (const [id, { change, trackOrder }] of made.changes) {
    const digest = changeDigest(id, change, trackOrder)
    const revision = store(folded, folded.changes, id, digest, trackOrder)
    if (revision > 0) diff.changes.push({ row: { id, actor, dossier, change, trackOrder, digest }, revision })
  }
  for (const [id, { conflict, trackOrder }] of made.conflicts) {
    const digest = conflictDigest(id, conflict, trackOrder)
    const revision = store(folded, folded.conflicts, id, digest, trackOrder)
    if (revision > 0) diff.conflicts.push({ row: { id, actor, dossier, conflict, trackOrder, digest }, revision })
  }
}

/** Remembers a row as stored. @returns its new revision, or 0 where the database holds it already */
const store = (
  folded: FoldedTrack,
  rows: Map<string, StoredRow>,
  id: string,
  digest: RowDigest,
  trackOrder: number,
): number => {
  const known = rows.get(id)
  if (known !== undefined && !known.revoked) {
    if (sameRow(known, digest)) return 0
    folded.digest = withoutRow(folded.digest, known)
  }
  folded.digest = withRow(folded.digest, digest)
  const revision = (known?.revision ?? 0) + 1
  rows.set(id, storedRow(digest, { trackOrder, revision, revoked: false }))
  return revision
}

const revokeMissing = (
  folded: FoldedTrack,
  rows: Map<string, StoredRow>,
  old: readonly string[],
  made: ReadonlyMap<string, unknown>,
): string[] => {
  const gone: string[] = []
  for (const id of old) {
    const row = rows.get(id)
    if (row === undefined || row.revoked || made.has(id)) continue
    folded.digest = withoutRow(folded.digest, row)
    rows.set(id, storedRow(row, { ...row, revision: row.revision + 1, revoked: true }))
    gone.push(id)
  }
  return gone
}
