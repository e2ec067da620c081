import type { Facet } from '#libs/contracts/vocabulary.js'
import { ascending } from './claim-order.js'
import type { Claim, Retraction } from './claim.js'
import { closeConflictsOf } from './conflicts.js'
import { removeClaim } from './direct-position.js'
import { extentOf } from './scope.js'
import { positionAt, positionToChange, type Draft } from './track-state.js'

/**
 * Takes a statement back (docs/design.md 6.9): its claims stop standing, one WITHDRAWAL each, and its open conflicts
 * close. What they had replaced does not revive.
 */
export const withdraw = (draft: Draft, retraction: Retraction): void => {
  for (const { matter, facet } of placesOf(retraction)) {
    for (const claim of standingClaimsOf(draft, retraction, matter, facet)) withdrawClaim(draft, claim, retraction)
    closeConflictsOf(draft, retraction.statement, matter, facet)
  }
}

const withdrawClaim = (draft: Draft, claim: Claim, retraction: Retraction): void => {
  const position = positionToChange(draft, claim.matter, claim.facet)
  removeClaim(position, claim)
  draft.changes.push({
    matter: claim.matter,
    facet: claim.facet,
    kind: 'WITHDRAWAL',
    from: claim.value,
    to: position.headline?.value ?? null,
    order: 'certain',
    statement: retraction.statement,
    validFrom: retraction.latest,
    entailedFrom: null,
    reversesEarlier: false,
  })
}

/** Where the statement's claims can stand or conflict: the matters and facets of its stances, sorted. */
const placesOf = ({ stances }: Retraction): { matter: string; facet: Facet }[] => {
  const places = new Map(stances.map(({ matter, facet }) => [`${matter} ${facet}`, { matter, facet }]))
  return [...places.values()].sort((a, b) => ascending(a.matter, b.matter) || ascending(a.facet, b.facet))
}

/** Looked up by the scopes it spoke of, since thousands of claims of other statements may stand beside. */
const standingClaimsOf = (draft: Draft, retraction: Retraction, matter: string, facet: Facet): Claim[] => {
  const { standing } = positionAt(draft.positions, matter, facet)
  const near = retraction.stances
    .filter((stance) => stance.matter === matter && stance.facet === facet)
    .flatMap(({ scope }) => standing.overlapping(extentOf(scope)))
  const own = new Set(near.filter(({ statement }) => statement === retraction.statement))
  return own.size > 1 ? standing.list().filter((claim) => own.has(claim)) : [...own]
}
