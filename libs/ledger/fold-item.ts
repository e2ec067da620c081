import type { TrackItem } from './claims.js'
import type { Claim } from './claims.js'
import { decide, type Comparison } from './decide.js'
import { entailedOn } from './entailment.js'
import { evolve } from './evolve.js'
import { positionAt, type Draft } from './track-state.js'
import { withdraw } from './withdrawal.js'

/** Folds the next item, which must sort after all that the draft has seen. */
export const foldItem = (draft: Draft, item: TrackItem): void => {
  if (item.kind === 'RETRACTION') withdraw(draft, item)
  else foldClaim(draft, item)
  draft.last = item
}

const foldClaim = (draft: Draft, claim: Claim): void => evolve(draft, claim, decide(compare(draft, claim)))

const compare = (draft: Draft, claim: Claim): Comparison => {
  const position = positionAt(draft.positions, claim.matter, claim.facet)
  const entailed = position.headline ? null : entailedOn(draft.positions, draft.levels, claim.matter, claim.facet)
  const entailedLastSign = entailed ? positionAt(draft.positions, entailed.from, claim.facet).lastSign : 0
  return { claim, position, entailed, entailedLastSign }
}
