import type { Facet, Order, Value } from '#libs/contracts/vocabulary.js'
import { compareItems, orderOf } from './claim-order.js'
import type { Claim, TrackItem } from './claim.js'
import { itemsOf } from './claims.js'
import type { Comparison } from './decide.js'
import { compare, foldItem } from './fold-item.js'
import { levelsOf } from './matter-levels.js'
import {
  BESIDE_RULES,
  FIRST_CLAIM_RULES,
  OVERLAP_RULES,
  ruleFor,
  type Meeting,
  type OutcomeRule,
} from './outcome-rules.js'
import { draftOf, openTrack, sealed, type Track } from './track-state.js'
import type { Change, Conflict, TrackMatters, TrackStatement } from './track.js'

/** One step of the fold: a claim or a retraction, the rows of the table that decided, and what it moved. */
export interface Explanation {
  readonly statement: string
  /** Null for a retraction, which concerns all stances of its statement. */
  readonly claim: ExplainedClaim | null
  readonly rows: readonly RowMet[]
  readonly changes: readonly Change[]
  /** Conflicts that the step opened or settled. */
  readonly conflicts: readonly Conflict[]
}

export interface ExplainedClaim {
  readonly statement: string
  readonly matter: string
  readonly facet: Facet
  readonly value: Value
}

/** Which row of docs/design.md 6.5 fitted, and against which claim; nothing to be against for a first claim. */
export interface RowMet {
  readonly row: string
  readonly against: ExplainedClaim | null
  readonly order: Order | null
}

/**
 * Folds a track step by step and says why each step came out as it did. The fold itself carries nothing for this: the
 * rows are looked up a second time, and each step is an extension of its own.
 */
export const explainTrack = (statements: readonly TrackStatement[], matters: TrackMatters): Explanation[] => {
  const items = statements.flatMap((statement) => itemsOf(statement, matters)).sort(compareItems)
  let track = openTrack(matters)
  return items.map((item) => {
    const rows = rowsMet(track, item)
    track = extendedBy(track, item)
    const { changes, conflicts } = track.delta
    return {
      statement: item.statement,
      claim: item.kind === 'CLAIM' ? explained(item) : null,
      rows,
      changes,
      conflicts,
    }
  })
}

const extendedBy = (track: Track, item: TrackItem): Track => {
  const draft = draftOf(track)
  foldItem(draft, item)
  return sealed(draft)
}

const rowsMet = (track: Track, item: TrackItem): RowMet[] => {
  if (item.kind === 'RETRACTION') return [{ row: 'withdrawal (6.9)', against: null, order: null }]
  const comparison = compare({ positions: track.positions, levels: levelsOf(track.matters) }, item)
  const { headline, standing } = comparison.position
  if (headline === null) return [rowOfFirst(comparison)]
  const overlapping = standing.overlapping(item.extent)
  return overlapping.length === 0
    ? [rowOfMeeting(BESIDE_RULES, headline, item)]
    : overlapping.map((one) => rowOfMeeting(OVERLAP_RULES, one, item))
}

const rowOfFirst = ({ claim, entailed }: Comparison): RowMet => ({
  row: ruleFor(FIRST_CLAIM_RULES, { claim, entailed }).row,
  against: entailed && explained(entailed.claim),
  order: entailed && orderOf(entailed.claim, claim),
})

const rowOfMeeting = <Kind>(rules: readonly OutcomeRule<Meeting, Kind>[], standing: Claim, claim: Claim): RowMet => {
  const order = orderOf(standing, claim)
  return { row: ruleFor(rules, { claim, standing, order }).row, against: explained(standing), order }
}

const explained = ({ statement, matter, facet, value }: Claim): ExplainedClaim => ({ statement, matter, facet, value })
