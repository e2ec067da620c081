import type { Condition, Scope, Stance } from '#libs/contracts/stance.js'

/**
 * Nested parts of resources with their keys in one order, whatever order they were recorded in: equal content has to
 * give equal bytes, for ETags, for parity between generations, and for citations.
 */
export const renderScope = (scope: Scope | null | undefined): Scope | null =>
  scope === null || scope === undefined
    ? null
    : {
        ...given('window', scope.window),
        ...given('quantity', scope.quantity),
        ...given('endUse', scope.endUse),
        ...given('itemClass', scope.itemClass),
      }

export const renderCondition = (condition: Condition | null | undefined): Condition | null =>
  condition === null || condition === undefined
    ? null
    : {
        matter: condition.matter,
        facet: condition.facet,
        values: condition.values,
        ...given('text', condition.text),
      }

export const renderStance = (stance: Stance): Stance => ({
  matter: stance.matter,
  facet: stance.facet,
  value: stance.value,
  ...given('scope', renderScope(stance.scope) ?? undefined),
  ...given('condition', renderCondition(stance.condition) ?? undefined),
  ...given('implied', stance.implied),
})

/** `{ key: value }`, or nothing where the value is absent. */
export const given = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>)
