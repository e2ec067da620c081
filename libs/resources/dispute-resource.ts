import type { DisputeResource, PositionResource } from '#libs/contracts/resources.js'
import { disputesOn } from '#libs/ledger/disputes.js'

/**
 * Disputes among positions, as they are served (docs/design.md 6.10): direct ones on facts, of all actors on one clock.
 * Others may be among them and are left out.
 */
export const renderDisputes = (positions: readonly PositionResource[]): DisputeResource[] => {
  const byMatter = new Map<string, PositionResource[]>()
  for (const position of positions) {
    if (position.facet !== 'FACT' || position.standingClaims.length === 0) continue
    const others = byMatter.get(position.matter)
    if (others) others.push(position)
    else byMatter.set(position.matter, [position])
  }
  return [...byMatter.values()].flatMap(disputesAmong)
}

/** @param positions of one matter, each actor once */
const disputesAmong = (positions: readonly PositionResource[]): DisputeResource[] => {
  const [first] = positions
  if (!first || positions.length < 2) return []
  const standingOf = new Map(positions.map(({ actor, standing }) => [actor, standing]))
  return disputesOn(first.matter, positions).map(({ matter, actors, kind }) => ({
    dossier: first.dossier,
    matter,
    facet: 'FACT',
    kind,
    actors: [...actors],
    statements: actors.map((actor) => standingOf.get(actor) ?? []),
  }))
}
