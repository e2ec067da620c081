import type { ConditionState } from '#libs/contracts/resource-fields.js'
import type { PositionResource } from '#libs/contracts/resources.js'
import type { Facet, Role } from '#libs/contracts/vocabulary.js'
import type { Position } from '#libs/ledger/track.js'
import { renderCondition, renderScope } from './parts.js'

/** What identifies a position, and the actor's role in its matter. */
export interface PositionPlace {
  readonly actor: string
  readonly dossier: string
  readonly role: Role
}

/**
 * A position of a fold as it is served. Keys stand in one order: equal positions give equal bytes. `stale` is the last,
 * so that the api can mark a stored body without parsing it.
 * @param conditionState of the headline's condition; null where it has none
 * @param possible statements that may or may not have been made by the day that was asked for
 */
export const renderPosition = ({
  actor,
  dossier,
  role,
  position,
  conditionState = null,
  possible = [],
}: PositionPlace & {
  readonly position: Position
  readonly conditionState?: ConditionState | null
  readonly possible?: readonly string[]
}): PositionResource => ({
  actor,
  dossier,
  matter: position.matter,
  facet: position.facet,
  role,
  value: position.value,
  statement: position.statement,
  scope: renderScope(position.scope),
  condition: renderCondition(position.condition),
  conditionState,
  implied: position.implied,
  authority: position.authority,
  order: {
    said: { earliest: position.said.earliest, latest: position.validFrom },
    published: { earliest: position.published.earliest, latest: position.published.latest },
  },
  validFrom: position.validFrom,
  standing: [...position.standing],
  standingClaims: position.standingClaims.map(({ statement, value, scope, condition }) => ({
    statement,
    value,
    scope: renderScope(scope),
    condition: renderCondition(condition),
  })),
  entailedFrom: position.entailedFrom,
  contestedBy: [...position.contestedBy],
  exceptions: [...position.exceptions],
  possible: [...possible],
  stale: null,
})

/** What is served for an actor, matter and facet that are known but on which nothing was said that counts. */
export const renderNoPosition = (
  { actor, dossier, role }: PositionPlace,
  matter: string,
  facet: Facet,
  possible: readonly string[] = [],
): PositionResource => ({
  actor,
  dossier,
  matter,
  facet,
  role,
  value: null,
  statement: null,
  scope: null,
  condition: null,
  conditionState: null,
  implied: false,
  authority: null,
  order: null,
  validFrom: null,
  standing: [],
  standingClaims: [],
  entailedFrom: null,
  contestedBy: [],
  exceptions: [],
  possible: [...possible],
  stale: null,
})
