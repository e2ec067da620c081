import { mayMove } from './authority.js'
import { orderOf } from './claim-order.js'
import type { Claim } from './claim.js'
import { openConflict } from './conflicts.js'
import { removeClaim } from './direct-position.js'
import { positionToChange, type Draft } from './track-state.js'
import type { Change } from './track.js'

/**
 * What a claim that has come to stand does at other levels (docs/design.md 6.8): a positive one contests a broader
 * negative where nobody knows which came first; a negative one contests what is positive below it, or, on INTENT,
 * takes it along.
 */
export const weighAcrossLevels = (draft: Draft, claim: Claim): void => {
  if (claim.sign > 0) contestBroader(draft, claim)
  if (claim.sign < 0) weighNarrower(draft, claim)
}

const contestBroader = (draft: Draft, claim: Claim): void => {
  for (const broader of draft.levels.broaderLevels(claim.matter).flat()) {
    if (!carries(draft, claim, broader, claim.matter)) continue
    for (const standing of overlappingOn(draft, broader, claim)) {
      if (standing.sign < 0 && orderOf(standing, claim) === 'unknown') openConflict(draft, standing, claim)
    }
  }
}

const weighNarrower = (draft: Draft, claim: Claim): void => {
  for (const narrower of draft.levels.narrowerLevels(claim.matter).flat()) {
    if (!carries(draft, claim, claim.matter, narrower)) continue
    for (const standing of overlappingOn(draft, narrower, claim)) {
      if (standing.sign <= 0) continue
      if (takesAlong(standing, claim)) reverseBelow(draft, standing, claim)
      else openConflict(draft, standing, claim)
    }
  }
}

const overlappingOn = (draft: Draft, matter: string, { facet, extent }: Claim): readonly Claim[] =>
  draft.positions[facet].get(matter)?.standing.overlapping(extent) ?? []

const carries = (draft: Draft, claim: Claim, broader: string, narrower: string): boolean =>
  claim.facet !== 'INTENT' || draft.levels.intentCarries(broader, narrower)

const takesAlong = (standing: Claim, claim: Claim): boolean =>
  claim.facet === 'INTENT' && orderOf(standing, claim) !== 'unknown' && mayMove(standing, claim)

const reverseBelow = (draft: Draft, standing: Claim, claim: Claim): void => {
  const position = positionToChange(draft, standing.matter, standing.facet)
  draft.changes.push(reversalBelow(standing, claim, position.lastSign))
  removeClaim(position, standing)
  position.lastSign = claim.sign
}

const reversalBelow = (standing: Claim, claim: Claim, lastSign: number): Change => ({
  matter: standing.matter,
  facet: standing.facet,
  kind: 'REVERSAL',
  from: standing.value,
  to: claim.value,
  order: orderOf(standing, claim),
  statement: claim.statement,
  validFrom: claim.latest,
  entailedFrom: claim.matter,
  reversesEarlier: claim.sign * lastSign < 0,
})
