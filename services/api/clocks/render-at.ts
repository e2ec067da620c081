import type { ChangeResource, ConflictResource, PositionResource } from '#libs/contracts/resources.js'
import type { ConditionState } from '#libs/contracts/resource-fields.js'
import type { Facet, Role } from '#libs/contracts/vocabulary.js'
import { resolveCondition } from '#libs/ledger/conditions.js'
import type { Position } from '#libs/ledger/track.js'
import { renderChange, renderConflict } from '#libs/resources/change-resource.js'
import { changeIds, conflictIds } from '#libs/resources/identity.js'
import { renderPosition } from '#libs/resources/position-resource.js'
import type { TrackAt } from './fold-at.js'
import { keyNumber } from './page-of-items.js'

/** Positions of a track that was folded for one read: what the projector would have stored, and what is only possible. */
export const positionsAt = (track: TrackAt): PositionResource[] =>
  track.fold.positions.map((position) =>
    renderPosition({
      actor: track.actor,
      dossier: track.dossier,
      role: roleIn(track, position.matter),
      position,
      conditionState: conditionStateOf(track, position),
      possible: possibleOn(track, position.matter, position.facet),
    }),
  )

export const changesAt = ({ actor, dossier, fold }: TrackAt): ChangeResource[] => {
  const ids = changeIds(actor, fold.changes)
  return fold.changes.map((change, index) =>
    renderChange({ change, actor, dossier, id: ids[index] ?? '', revision: null, revoked: false }),
  )
}

export const conflictsAt = ({ actor, dossier, fold }: TrackAt): ConflictResource[] => {
  const ids = conflictIds(actor, dossier, fold.conflicts)
  return fold.conflicts.map((conflict, index) =>
    renderConflict({ conflict, actor, dossier, id: ids[index] ?? '', revision: null, revoked: false }),
  )
}

/** With their places in the order of the lists. */
export const placedChanges = (track: TrackAt) =>
  changesAt(track).map((item, index) => ({
    key: [item.dossier, item.validFrom, item.actor, keyNumber(index), item.id] as const,
    item,
  }))

export const placedConflicts = (track: TrackAt) =>
  conflictsAt(track).map((item, index) => ({
    key: [item.dossier, item.validFrom, item.actor, keyNumber(index), item.id] as const,
    item,
  }))

/** Statements that may or may not have been made by then, with a stance on this matter and facet. */
export const possibleOn = ({ possible }: TrackAt, matter: string, facet: Facet): string[] =>
  possible
    .filter(({ coding }) => coding.stances.some((stance) => stance.matter === matter && stance.facet === facet))
    .map(({ id }) => id)
    .sort()

const roleIn = ({ matters }: TrackAt, matter: string): Role => matters.get(matter)?.role ?? 'THIRD'

const conditionStateOf = (track: TrackAt, { condition }: Position): ConditionState | null => {
  if (condition === null) return null
  const { actor } = track
  const own = track.fold.positions.filter(
    ({ matter, facet }) => matter === condition.matter && facet === condition.facet,
  )
  const role = roleIn(track, condition.matter)
  return resolveCondition(
    condition,
    actor,
    own.map(({ value }) => ({ actor, value, role })),
  ).status
}
