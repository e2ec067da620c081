import type { ConditionState } from '#libs/contracts/resource-fields.js'
import type { Change, Conflict, Position, StandingClaim } from '#libs/ledger/track.js'
import type { TrackPlace } from './change-resource.js'
import { renderCondition, renderScope } from './parts.js'
import type { PositionPlace } from './position-resource.js'

/**
 * The texts that `JSON.stringify` makes of rendered positions, changes and conflicts, at a fifth of its time: a projector
 * writes two of them an event. Ids, days and values of closed lists hold nothing that JSON escapes; texts of people's
 * choice (of scopes and conditions) still go through `JSON.stringify`. A test holds each of them equal to what is rendered.
 */
export const changeJson = ({ change, ...place }: TrackPlace & { readonly change: Change }): string =>
  `{"id":"${place.id}","actor":"${place.actor}","dossier":"${place.dossier}","matter":"${change.matter}","facet":"${change.facet}","kind":"${change.kind}","from":${textOrNull(change.from)},"to":${textOrNull(change.to)},"order":${textOrNull(change.order)},"statement":"${change.statement}","validFrom":"${change.validFrom}","entailedFrom":${textOrNull(change.entailedFrom)},"reversesEarlier":${change.reversesEarlier},"revision":${place.revision},"revoked":${place.revoked}}`

export const conflictJson = ({ conflict, ...place }: TrackPlace & { readonly conflict: Conflict }): string =>
  `{"id":"${place.id}","actor":"${place.actor}","dossier":"${place.dossier}","kind":"${conflict.kind}","facet":"${conflict.facet}","matters":${texts(conflict.matters)},"statements":${texts(conflict.statements)},"validFrom":"${conflict.validFrom}","settledBy":${textOrNull(conflict.settledBy)},"revision":${place.revision},"revoked":${place.revoked}}`

/** Of a position as it is stored: nothing in it depends on a clock. */
export const positionJson = ({
  position,
  conditionState,
  ...place
}: PositionPlace & { readonly position: Position; readonly conditionState: ConditionState | null }): string =>
  `{"actor":"${place.actor}","dossier":"${place.dossier}","matter":"${position.matter}","facet":"${position.facet}","role":"${place.role}","value":"${position.value}","statement":"${position.statement}","scope":${scopeJson(position)},"condition":${conditionJson(position)},"conditionState":${conditionState === null ? 'null' : JSON.stringify(conditionState)},"implied":${position.implied},"authority":"${position.authority}","order":{"said":{"earliest":${textOrNull(position.said.earliest)},"latest":"${position.validFrom}"},"published":{"earliest":"${position.published.earliest}","latest":"${position.published.latest}"}},"validFrom":"${position.validFrom}","standing":${texts(position.standing)},"standingClaims":[${position.standingClaims.map(standingJson).join(',')}],"entailedFrom":${textOrNull(position.entailedFrom)},"contestedBy":${texts(position.contestedBy)},"exceptions":${texts(position.exceptions)},"possible":[],"stale":null}`

const standingJson = (claim: StandingClaim): string =>
  `{"statement":"${claim.statement}","value":"${claim.value}","scope":${scopeJson(claim)},"condition":${conditionJson(claim)}}`

const scopeJson = ({ scope }: Pick<Position, 'scope'>): string =>
  scope === null ? 'null' : JSON.stringify(renderScope(scope))

const conditionJson = ({ condition }: Pick<Position, 'condition'>): string =>
  condition === null ? 'null' : JSON.stringify(renderCondition(condition))

const textOrNull = (text: string | null): string => (text === null ? 'null' : `"${text}"`)

const texts = (all: readonly string[]): string => (all.length === 0 ? '[]' : `["${all.join('","')}"]`)
