import { resolveCondition, type ConditionStatus } from '#libs/ledger/conditions.js'
import type { Position, TrackFold, TrackMatters } from '#libs/ledger/track.js'
import { changeIds, conflictIds } from '#libs/resources/identity.js'
import { positionJson } from '#libs/resources/resource-json.js'
import { NO_DAY, placesByDay } from './folded-track.js'
import { digestOf, NO_ROWS, withRow, type TrackDigest } from './row-digest.js'
import {
  changeDigest,
  conflictDigest,
  positionKey,
  type ChangeRow,
  type ConflictRow,
  type PositionRow,
} from './track-rows.js'

/** Everything that the database is to hold of one track. */
export interface TrackRows {
  readonly positions: readonly PositionRow[]
  readonly changes: readonly ChangeRow[]
  readonly conflicts: readonly ConflictRow[]
  readonly digest: TrackDigest
}

/**
 * The rows of a track that was folded as a whole: the same ids, places and bytes as extending it gives, found another way,
 * from what the fold returns and nothing of what it kept.
 */
export const rowsOfFold = (actor: string, dossier: string, matters: TrackMatters, fold: TrackFold): TrackRows => {
  const positions = positionRows(actor, dossier, matters, fold)
  const changes = changeRows(actor, dossier, fold)
  const conflicts = conflictRows(actor, dossier, fold)
  let digest = NO_ROWS
  for (const row of positions) digest = withRow(digest, row.digest)
  for (const row of changes) digest = withRow(digest, row.digest)
  for (const row of conflicts) digest = withRow(digest, row.digest)
  return { positions, changes, conflicts, digest }
}

const positionRows = (
  actor: string,
  dossier: string,
  matters: TrackMatters,
  { positions }: TrackFold,
): PositionRow[] => {
  const byKey = new Map<string, Position>()
  for (const position of positions) byKey.set(positionKey(position.matter, position.facet), position)
  return positions.map((position) => {
    const role = roleIn(matters, position.matter)
    const conditionState = conditionStateOf(actor, matters, position, byKey)
    const body = positionJson({ actor, dossier, role, position, conditionState })
    return { actor, dossier, role, position, body, digest: digestOf(body) }
  })
}

const conditionStateOf = (
  actor: string,
  matters: TrackMatters,
  { condition }: Position,
  positions: ReadonlyMap<string, Position>,
): ConditionStatus | null => {
  if (condition === null) return null
  const { matter, facet } = condition
  const own = positions.get(positionKey(matter, facet))
  const held = own === undefined ? [] : [{ actor, value: own.value, role: roleIn(matters, matter) }]
  return resolveCondition(condition, actor, held).status
}

const roleIn = (matters: TrackMatters, matter: string) => matters.get(matter)?.role ?? 'THIRD'

const changeRows = (actor: string, dossier: string, { changes }: TrackFold): ChangeRow[] => {
  const ids = changeIds(actor, changes)
  const { places } = placesByDay(
    changes.map(({ validFrom }) => validFrom),
    NO_DAY,
  )
  return changes.map((change, index) => {
    const id = ids[index] ?? ''
    const trackOrder = places[index] ?? 0
    return { id, actor, dossier, change, trackOrder, digest: changeDigest(id, change, trackOrder) }
  })
}

const conflictRows = (actor: string, dossier: string, { conflicts }: TrackFold): ConflictRow[] => {
  const ids = conflictIds(actor, dossier, conflicts)
  const { places } = placesByDay(
    conflicts.map(({ validFrom }) => validFrom),
    NO_DAY,
  )
  return conflicts.map((conflict, index) => {
    const id = ids[index] ?? ''
    const trackOrder = places[index] ?? 0
    return { id, actor, dossier, conflict, trackOrder, digest: conflictDigest(id, conflict, trackOrder) }
  })
}
