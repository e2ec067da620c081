import type { Claim, TrackItem } from './claim.js'
import { decide, type Comparison } from './decide.js'
import { entailedOn } from './entailment.js'
import { evolve } from './evolve.js'
import type { MatterLevels } from './matter-levels.js'
import { positionAt, type DirectPositions, type Draft } from './track-state.js'
import { withdraw } from './withdrawal.js'

/** Folds the next item, which must sort after all that the draft has seen. */
export const foldItem = (draft: Draft, item: TrackItem): void => {
  if (item.kind === 'RETRACTION') withdraw(draft, item)
  else evolve(draft, item, decide(compare(draft, item)))
  draft.last = item
}

/** The claim beside all that the table of docs/design.md 6.5 weighs it against. */
export const compare = (
  { positions, levels }: { readonly positions: DirectPositions; readonly levels: MatterLevels },
  claim: Claim,
): Comparison => {
  const position = positionAt(positions, claim.matter, claim.facet)
  const entailed = position.headline ? null : entailedOn(positions, levels, claim.matter, claim.facet)
  const entailedLastSign = entailed ? positionAt(positions, entailed.from, claim.facet).lastSign : 0
  return { claim, position, entailed, entailedLastSign }
}
