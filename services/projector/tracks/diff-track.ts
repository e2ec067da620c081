import type { Facet } from '#libs/contracts/vocabulary.js'
import { levelsOf } from '#libs/ledger/matter-levels.js'
import { positionOn, positionsOf } from '#libs/ledger/positions.js'
import type { Track } from '#libs/ledger/track-state.js'
import type { Change, Conflict, Position } from '#libs/ledger/track.js'
import { changeIds, conflictIds } from '#libs/resources/identity.js'
import { NO_DAY, placesByDay, type FoldedTrack } from './folded-track.js'
import { sameRow, withoutRow, withRow } from './row-digest.js'
import {
  changeDigest,
  conditionKey,
  conflictDigest,
  positionKey,
  positionRow,
  type ChangeRow,
  type ConflictRow,
  type PositionRow,
  type StoredRow,
} from './track-rows.js'

/** The rows in which a track differs from what the database holds. */
export interface TrackDiff {
  readonly positions: PositionRow[]
  readonly gonePositions: { readonly matter: string; readonly facet: string }[]
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

/** Takes over a track that was extended: what its delta names is all that can differ. */
export const diffExtended = (folded: FoldedTrack, track: Track): TrackDiff => {
  const diff = emptyDiff()
  folded.track = track
  const changes = placesByDay(
    track.delta.changes.map(({ validFrom }) => validFrom),
    folded.changesOfDay,
  )
  folded.changesOfDay = changes.last
  diffChanges(folded, diff, track.delta.changes, changes.places)
  diffConflicts(folded, diff, track.delta.conflicts, placesOfDelta(folded, track.delta.conflicts))
  for (const key of affectedBy(folded, track)) {
    const [matter = '', facet = ''] = key.split('|')
    diffPosition(folded, diff, key, positionOn(track, matter, facet as Facet))
  }
  return diff
}

/** Takes over a track that was folded whole: every row is compared, and what the fold no longer makes goes. */
export const diffRefolded = (folded: FoldedTrack, track: Track): TrackDiff => {
  const diff = emptyDiff()
  folded.track = track
  const { changes, conflicts } = track.delta
  const changePlaces = placesByDay(
    changes.map(({ validFrom }) => validFrom),
    NO_DAY,
  )
  const conflictPlaces = placesByDay(
    conflicts.map(({ validFrom }) => validFrom),
    NO_DAY,
  )
  folded.changesOfDay = changePlaces.last
  folded.conflictsOfDay = conflictPlaces.last
  diff.revokedChanges.push(
    ...revokeMissing(folded, folded.changes, diffChanges(folded, diff, changes, changePlaces.places)),
  )
  diff.revokedConflicts.push(
    ...revokeMissing(folded, folded.conflicts, diffConflicts(folded, diff, conflicts, conflictPlaces.places)),
  )
  const positions = new Map(
    positionsOf(track).map((position) => [positionKey(position.matter, position.facet), position]),
  )
  for (const key of new Set([...positions.keys(), ...folded.positions.keys()]))
    diffPosition(folded, diff, key, positions.get(key) ?? null)
  return diff
}

const emptyDiff = (): TrackDiff => ({
  positions: [],
  gonePositions: [],
  changes: [],
  revokedChanges: [],
  conflicts: [],
  revokedConflicts: [],
})

/** @returns the ids of all changes given */
const diffChanges = (
  folded: FoldedTrack,
  diff: TrackDiff,
  changes: readonly Change[],
  places: readonly number[],
): string[] => {
  const { actor, dossier } = folded
  const ids = changeIds(actor, changes)
  changes.forEach((change, index) => {
    const id = ids[index] as string
    const trackOrder = places[index] as number
    const digest = changeDigest(id, change, trackOrder)
    const revision = store(folded, folded.changes, id, { digest, trackOrder })
    if (revision > 0) diff.changes.push({ row: { id, actor, dossier, change, trackOrder, digest }, revision })
  })
  return ids
}

const diffConflicts = (
  folded: FoldedTrack,
  diff: TrackDiff,
  conflicts: readonly Conflict[],
  places: readonly number[],
): string[] => {
  if (conflicts.length === 0) return []
  const { actor, dossier } = folded
  const ids = conflictIds(actor, dossier, conflicts)
  conflicts.forEach((conflict, index) => {
    const id = ids[index] as string
    const trackOrder = places[index] as number
    const digest = conflictDigest(id, conflict, trackOrder)
    const revision = store(folded, folded.conflicts, id, { digest, trackOrder })
    if (revision > 0) diff.conflicts.push({ row: { id, actor, dossier, conflict, trackOrder, digest }, revision })
  })
  return ids
}

/** Conflicts of a delta are new ones, and older ones that were settled, which keep their places. */
const placesOfDelta = (folded: FoldedTrack, conflicts: readonly Conflict[]): number[] => {
  if (conflicts.length === 0) return []
  const ids = conflictIds(folded.actor, folded.dossier, conflicts)
  return conflicts.map((conflict, index) => {
    const known = folded.conflicts.get(ids[index] as string)
    if (known !== undefined && !known.revoked) return known.trackOrder
    const { places, last } = placesByDay([conflict.validFrom], folded.conflictsOfDay)
    folded.conflictsOfDay = last
    return places[0] as number
  })
}

/** Remembers a row as stored. @returns its new revision, or 0 where the database holds it already */
const store = (
  folded: FoldedTrack,
  rows: Map<string, StoredRow>,
  id: string,
  row: Pick<StoredRow, 'digest' | 'trackOrder'>,
): number => {
  const known = rows.get(id)
  if (known !== undefined && !known.revoked) {
    if (sameRow(known.digest, row.digest)) return 0
    folded.digest = withoutRow(folded.digest, known.digest)
  }
  folded.digest = withRow(folded.digest, row.digest)
  const revision = (known?.revision ?? 0) + 1
  rows.set(id, { ...row, revision, revoked: false })
  return revision
}

const revokeMissing = (folded: FoldedTrack, rows: Map<string, StoredRow>, ids: readonly string[]): string[] => {
  const made = new Set(ids)
  const gone = [...rows].filter(([id, row]) => !row.revoked && !made.has(id))
  for (const [id, row] of gone) {
    folded.digest = withoutRow(folded.digest, row.digest)
    rows.set(id, { ...row, revision: row.revision + 1, revoked: true })
  }
  return gone.map(([id]) => id)
}

const diffPosition = (folded: FoldedTrack, diff: TrackDiff, key: string, position: Position | null): void => {
  const known = folded.positions.get(key)
  if (position === null) {
    if (known === undefined) return
    const [matter = '', facet = ''] = key.split('|')
    folded.digest = withoutRow(folded.digest, known.digest)
    folded.positions.delete(key)
    diff.gonePositions.push({ matter, facet })
    return
  }
  const row = positionRow(folded.actor, folded.dossier, folded.track, position)
  if (known !== undefined) {
    if (sameRow(known.digest, row.digest)) return
    folded.digest = withoutRow(folded.digest, known.digest)
  }
  folded.digest = withRow(folded.digest, row.digest)
  folded.positions.set(key, { digest: row.digest, dependsOn: conditionKey(position) })
  diff.positions.push(row)
}

/** Positions that an extension can have moved: those it touched, those that are entailed from them, list them as an exception, or hang on them by a condition. */
const affectedBy = (folded: FoldedTrack, track: Track): Set<string> => {
  const affected = new Set<string>()
  const levels = levelsOf(track.matters)
  for (const { matter, facet } of track.delta.touched) {
    affected.add(positionKey(matter, facet))
    for (const level of levels.narrowerLevels(matter))
      for (const other of level) affected.add(positionKey(other, facet))
    for (const level of levels.broaderLevels(matter)) for (const other of level) affected.add(positionKey(other, facet))
  }
  for (const [key, { dependsOn }] of folded.positions)
    if (dependsOn !== null && affected.has(dependsOn)) affected.add(key)
  return affected
}
