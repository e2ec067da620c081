import { resolveCondition, type ConditionStatus } from '#libs/ledger/conditions.js'
import { positionOn, type HeldPosition } from '#libs/ledger/positions.js'
import type { Track } from '#libs/ledger/track-state.js'
import type { Change, Conflict, Position } from '#libs/ledger/track.js'
import type { Facet, Role } from '#libs/contracts/vocabulary.js'
import { positionJson } from '#libs/resources/resource-json.js'
import { digestOf, type RowDigest } from './row-digest.js'

/** A row of `position`. */
export interface PositionRow {
  readonly actor: string
  readonly dossier: string
  readonly role: Role
  readonly position: Position
  readonly body: string
  readonly digest: RowDigest
}

/** A row of `change`, without its revision. */
export interface ChangeRow {
  readonly id: string
  readonly actor: string
  readonly dossier: string
  readonly change: Change
  readonly trackOrder: number
  readonly digest: RowDigest
}

/** A row of `conflict`, without its revision. */
export interface ConflictRow {
  readonly id: string
  readonly actor: string
  readonly dossier: string
  readonly conflict: Conflict
  readonly trackOrder: number
  readonly digest: RowDigest
}

/** What the database is known to hold of a change or conflict. One object, since they are kept by the million. */
export interface StoredRow extends RowDigest {
  readonly trackOrder: number
  readonly revision: number
  readonly revoked: boolean
}

export const storedRow = (
  { high, middle, low }: RowDigest,
  { trackOrder, revision, revoked }: Pick<StoredRow, 'trackOrder' | 'revision' | 'revoked'>,
): StoredRow => ({ high, middle, low, trackOrder, revision, revoked })

/** One and the same text each time: keys are kept by the million, and joined anew each would be a text of its own. */
export const positionKey = (matter: string, facet: string): string => {
  const keys = keysOf.get(matter) ?? new Map<string, string>()
  const known = keys.get(facet)
  if (known !== undefined) return known
  const key = `${matter}|${facet}`
  if (keysOf.size >= MATTERS_MAX) keysOf.clear()
  keysOf.set(matter, keys.set(facet, key))
  return key
}

const keysOf = new Map<string, Map<string, string>>()
const MATTERS_MAX = 20_000

/** Renders a position once, for the table, the topic and the digest. */
export const positionRow = (
  { actor, dossier, track }: { readonly actor: string; readonly dossier: string; readonly track: Track },
  position: Position,
  conditionState: ConditionStatus | null,
): PositionRow => {
  const role = track.matters.get(position.matter)?.role ?? 'THIRD'
  const body = positionJson({ actor, dossier, role, position, conditionState })
  return { actor, dossier, role, position, body, digest: digestOf(body) }
}

/** Whether the headline's condition is met by what the same actor holds on the matter of the condition. */
export const conditionStateOf = (actor: string, track: Track, { claim }: HeldPosition): ConditionStatus | null => {
  const { condition } = claim.stance
  if (condition === undefined) return null
  const own = positionOn(track, condition.matter, condition.facet)
  const role = track.matters.get(condition.matter)?.role ?? 'THIRD'
  return resolveCondition(condition, actor, own === null ? [] : [{ actor, value: own.value, role }]).status
}

/** What of a change decides whether a row still holds it; ids are in it, so that the digest of a track covers them. */
export const changeDigest = (id: string, change: Change, trackOrder: number): RowDigest =>
  digestOf(
    `${id}|${change.kind}|${change.from}|${change.to}|${change.order}|${change.validFrom}|${change.entailedFrom}|${change.reversesEarlier}|${trackOrder}`,
  )

export const conflictDigest = (id: string, conflict: Conflict, trackOrder: number): RowDigest =>
  digestOf(`${id}|${conflict.kind}|${conflict.validFrom}|${conflict.settledBy}|${trackOrder}`)

/** Where a condition looks: the position that it depends on. */
export const conditionKey = ({ condition }: Position): string | null =>
  condition === null ? null : positionKey(condition.matter, condition.facet satisfies Facet)
