import type { ConditionResource, PositionResource } from '#libs/contracts/resources.js'
import { resolveCondition } from '#libs/ledger/conditions.js'

/**
 * Whether the condition of a position is met, and what others hold on it (docs/design.md 6.10).
 * @param onCondition all actors' positions on the matter and facet of the condition; others may be among them
 */
export const renderResolvedCondition = (
  { actor, dossier, matter, facet, condition }: PositionResource,
  onCondition: readonly PositionResource[],
): ConditionResource => {
  const place = { actor, dossier, matter, facet, condition }
  if (condition === null) return { ...place, state: null, own: null, others: [] }
  const positions = onCondition.flatMap((position) =>
    position.matter === condition.matter && position.facet === condition.facet && position.value !== null
      ? [{ actor: position.actor, value: position.value, role: position.role }]
      : [],
  )
  const { status, own, others } = resolveCondition(condition, actor, positions)
  return { ...place, state: status, own, others: [...others] }
}
