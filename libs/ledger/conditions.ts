import type { Condition } from '#libs/contracts/stance.js'
import type { Role, Value } from '#libs/contracts/vocabulary.js'
import { ascending } from './claim-order.js'
import { signFor } from './claims.js'

export type ConditionStatus = 'MET' | 'UNMET' | 'UNRESOLVED'

/** What an actor holds on the matter and facet that a condition names, directly or entailed. */
export interface ConditionPosition {
  readonly actor: string
  readonly value: Value
  /** The actor's part in the matter of the condition. */
  readonly role: Role
}

export interface ResolvedCondition {
  readonly status: ConditionStatus
  /** What the actor who made the condition holds itself; null where it holds nothing. */
  readonly own: Value | null
  /** What others hold, by actor. It decides nothing: whoever sets a condition judges by its own lights. */
  readonly others: readonly { readonly actor: string; readonly value: Value }[]
}

/**
 * Whether IF holds, so that THEN does (docs/design.md 6.10): by the position of the actor who made the condition, and
 * of nobody else. No position, or one that says nothing either way (NO_COMMENT, a bystander's DISCLAIM), leaves it open.
 * @param positions  every actor's position on the condition's matter and facet, each actor once
 */
export const resolveCondition = (
  condition: Pick<Condition, 'values'>,
  holder: string,
  positions: readonly ConditionPosition[],
): ResolvedCondition => {
  const own = positions.find(({ actor }) => actor === holder) ?? null
  return {
    status: statusOf(condition.values, own),
    own: own?.value ?? null,
    others: positions
      .filter(({ actor }) => actor !== holder)
      .map(({ actor, value }) => ({ actor, value }))
      .sort((a, b) => ascending(a.actor, b.actor)),
  }
}

const statusOf = (values: readonly Value[], own: ConditionPosition | null): ConditionStatus => {
  if (own === null) return 'UNRESOLVED'
  if (values.includes(own.value)) return 'MET'
  return signFor(own.value, own.role) === 0 ? 'UNRESOLVED' : 'UNMET'
}
