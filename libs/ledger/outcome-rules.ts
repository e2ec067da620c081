import type { Order } from '#libs/contracts/vocabulary.js'
import { impliedAgainstExplicit, mayMove, reachesThreshold } from './authority.js'
import { canonicalCondition, type Claim } from './claim.js'
import type { Entailed } from './entailment.js'
import { compareScopes, overlap, type ScopeRelation } from './scope.js'
import type { ShiftKind } from './track.js'

/** A claim, and what is entailed on its matter while nothing stands there. */
export interface FirstClaim {
  readonly claim: Claim
  readonly entailed: Entailed | null
}

/** A claim, and one that stands on its matter. */
export interface Meeting {
  readonly claim: Claim
  readonly standing: Claim
  readonly order: Order
}

export interface OutcomeRule<Case, Kind> {
  readonly row: string
  readonly fits: (c: Case) => boolean
  readonly outcome: (c: Case) => Kind
}

export type FirstKind = 'INITIAL' | ValueShift | 'CONFLICT'
export type MeetingKind = Exclude<ShiftKind, 'ADDITION'> | 'CONFLICT'
type ValueShift = 'REVERSAL' | 'HARDENING' | 'SOFTENING'

// The table of docs/design.md 6.5, row for row: of each part the first row that fits decides.

/** Nothing stands. */
export const FIRST_CLAIM_RULES: readonly OutcomeRule<FirstClaim, FirstKind>[] = [
  { row: 'nothing stands, nothing to move', fits: (c) => movesNothing(c), outcome: () => 'INITIAL' },
  {
    row: 'nothing stands, may move what is entailed',
    fits: (c) => movesEntailed(c),
    outcome: (c) => shiftOfEntailed(c),
  },
  { row: 'nothing stands, may not move what is entailed', fits: () => true, outcome: () => 'CONFLICT' },
]

/** Nothing that stands overlaps: whether the claim becomes the headline beside it. */
export const BESIDE_RULES: readonly OutcomeRule<Meeting, 'leads' | 'follows'>[] = [
  { row: 'none overlaps, stands beside', fits: (c) => !mayLead(c), outcome: () => 'follows' },
  { row: 'none overlaps, becomes headline', fits: () => true, outcome: () => 'leads' },
]

/** Each claim that overlaps, in turn. */
export const OVERLAP_RULES: readonly OutcomeRule<Meeting, MeetingKind>[] = [
  { row: 'implied against explicit, agrees', fits: (c) => agreesByImplication(c), outcome: () => 'REAFFIRM' },
  { row: 'same value, order unknown', fits: (c) => sameValue(c) && c.order === 'unknown', outcome: () => 'REAFFIRM' },
  { row: 'same value, order known', fits: (c) => sameValue(c), outcome: (c) => shiftOfTerms(c) },
  {
    row: 'other value, may move it',
    fits: (c) => mayMove(c.standing, c.claim),
    outcome: (c) => shiftOfValue(c.standing, c.claim),
  },
  { row: 'other value, may not move it', fits: () => true, outcome: () => 'CONFLICT' },
]

/** From the gravest to the lightest: of several overlapping claims the gravest names the change. */
export const GRAVITY: readonly (readonly MeetingKind[])[] = [
  ['REVERSAL'],
  ['HARDENING', 'SOFTENING'],
  ['RECONDITION'],
  ['BROADENING'],
  ['NARROWING'],
  ['REAFFIRM'],
]

export const ruleFor = <Case, Kind>(rules: readonly OutcomeRule<Case, Kind>[], c: Case): OutcomeRule<Case, Kind> => {
  const rule = rules.find(({ fits }) => fits(c))
  if (rule === undefined) throw new Error('the last row of each part of the table fits every case')
  return rule
}

const movesNothing = ({ claim, entailed }: FirstClaim): boolean =>
  entailed === null ||
  entailed.direction === 'from narrower' ||
  entailed.claim.value === claim.value ||
  !overlap(entailed.claim.extent, claim.extent)

const movesEntailed = ({ claim, entailed }: FirstClaim): boolean => entailed !== null && mayMove(entailed.claim, claim)

const shiftOfEntailed = ({ claim, entailed }: FirstClaim): FirstKind =>
  entailed === null ? 'INITIAL' : shiftOfValue(entailed.claim, claim)

const shiftOfValue = (from: Claim, to: Claim): ValueShift => {
  if (from.sign * to.sign < 0) return 'REVERSAL'
  return Math.abs(to.strength) > Math.abs(from.strength) ? 'HARDENING' : 'SOFTENING'
}

const mayLead = ({ claim, standing }: Meeting): boolean =>
  !impliedAgainstExplicit(standing, claim) && reachesThreshold(standing, claim)

const sameValue = ({ claim, standing }: Meeting): boolean => claim.value === standing.value

const agreesByImplication = (c: Meeting): boolean =>
  impliedAgainstExplicit(c.standing, c.claim) && (sameValue(c) || c.claim.sign * c.standing.sign > 0)

const shiftOfTerms = ({ claim, standing }: Meeting): MeetingKind =>
  canonicalCondition(claim) === canonicalCondition(standing)
    ? SHIFT_BY_SCOPE[compareScopes(standing.extent, claim.extent)]
    : 'RECONDITION'

const SHIFT_BY_SCOPE: Record<ScopeRelation, MeetingKind> = {
  equal: 'REAFFIRM',
  inside: 'NARROWING',
  around: 'BROADENING',
  sideways: 'REAFFIRM',
}
