import { ascending } from './claim-order.js'
import type { Claim, Retraction } from './claims.js'
import { closeConflictsOf } from './conflicts.js'
import { without } from './direct-position.js'
import { positionAt, replacePosition, type Draft } from './track-state.js'
import type { Facet } from '#libs/contracts/vocabulary.js'

/**
 * Takes a statement back (docs/design.md 6.9): its claims stop standing, one WITHDRAWAL each, and its open conflicts
 * close. What they had replaced does not revive, and the last sign remains.
 */
export const withdraw = (draft: Draft, retraction: Retraction): void => {
  for (const { matter, facet } of placesOf(retraction)) {
    const { standing } = positionAt(draft.positions, matter, facet)
    for (const claim of standing.filter(({ statement }) => statement === retraction.statement))
      withdrawClaim(draft, claim, retraction)
    closeConflictsOf(draft, retraction.statement, positionAt(draft.positions, matter, facet))
  }
}

const withdrawClaim = (draft: Draft, claim: Claim, retraction: Retraction): void => {
  const remaining = without(positionAt(draft.positions, claim.matter, claim.facet), claim)
  draft.changes.push({
    matter: claim.matter,
    facet: claim.facet,
    kind: 'WITHDRAWAL',
    from: claim.value,
    to: remaining.headline?.value ?? null,
    order: 'certain',
    statement: retraction.statement,
    validFrom: retraction.latest,
    entailedFrom: null,
    reversesEarlier: false,
  })
  replacePosition(draft, remaining)
}

/** Where the statement's claims can stand or conflict: the matters and facets of its own stances, sorted. */
const placesOf = ({ stances }: Retraction): { matter: string; facet: Facet }[] => {
  const places = new Map(stances.map(({ matter, facet }) => [`${matter} ${facet}`, { matter, facet }]))
  return [...places.values()].sort((a, b) => ascending(a.matter, b.matter) || ascending(a.facet, b.facet))
}
