import type { Order, Value } from '#libs/contracts/vocabulary.js'
import { impliedAgainstExplicit, reachesThreshold } from './authority.js'
import { orderOf } from './claim-order.js'
import type { Claim, Sign } from './claim.js'
import type { DirectPosition } from './direct-position.js'
import type { Entailed } from './entailment.js'
import {
  BESIDE_RULES,
  FIRST_CLAIM_RULES,
  GRAVITY,
  OVERLAP_RULES,
  ruleFor,
  type Meeting,
  type MeetingKind,
} from './outcome-rules.js'
import type { Change, ShiftKind } from './track.js'

/** A claim beside everything that it is weighed against (docs/design.md 6.5). */
export interface Comparison {
  readonly claim: Claim
  readonly position: Readonly<DirectPosition>
  /** Only looked at while nothing stands. */
  readonly entailed: Entailed | null
  /** The last sign of the broader position that an entailed one comes from. */
  readonly entailedLastSign: Sign
}

/** What a claim does to the position on its own matter. */
export type Outcome = ComesToStand | Repeats | IsBarred

export interface ComesToStand {
  readonly kind: 'COMES_TO_STAND'
  readonly change: Change
  /** What it moved although nobody knows which came first. */
  readonly conflictsWith: readonly Claim[]
  readonly replaces: readonly Claim[]
  readonly leads: boolean
  /** For a first claim that moved an entailed value: the sign it moved it from. */
  readonly inheritedSign: Sign
}

export interface Repeats {
  readonly kind: 'REPEATS'
  readonly change: Change
}

export interface IsBarred {
  readonly kind: 'IS_BARRED'
  readonly change: Change | null
  readonly conflictsWith: readonly Claim[]
}

export const decide = (comparison: Comparison): Outcome => {
  const { claim, position } = comparison
  if (position.headline === null) return decideFirst(comparison)
  const overlapping = position.standing.overlapping(claim.extent)
  return overlapping.length === 0 ? decideBeside(comparison, position.headline) : decideAgainst(comparison, overlapping)
}

const decideFirst = (comparison: Comparison): Outcome => {
  const { claim, entailed } = comparison
  const rule = ruleFor(FIRST_CLAIM_RULES, { claim, entailed })
  const kind = rule.outcome({ claim, entailed })
  if (entailed === null || kind === 'INITIAL') {
    return {
      kind: 'COMES_TO_STAND',
      change: initial(comparison),
      conflictsWith: [],
      replaces: [],
      leads: true,
      inheritedSign: 0,
    }
  }
  if (kind === 'CONFLICT') return { kind: 'IS_BARRED', change: null, conflictsWith: [entailed.claim] }
  const order = orderOf(entailed.claim, claim)
  const lastSign = comparison.entailedLastSign || comparison.position.lastSign
  const change = shift(claim, { kind, from: entailed.claim.value, to: claim.value, order, lastSign }, entailed.from)
  const conflictsWith = order === 'unknown' ? [entailed.claim] : []
  return { kind: 'COMES_TO_STAND', change, conflictsWith, replaces: [], leads: true, inheritedSign: lastSign }
}

const decideBeside = ({ claim, position }: Comparison, headline: Claim): Outcome => {
  const meeting = meet(headline, claim)
  const rule = ruleFor(BESIDE_RULES, meeting)
  const leads = rule.outcome(meeting) === 'leads'
  const change = shift(claim, {
    kind: 'ADDITION',
    from: headline.value,
    to: leads ? claim.value : headline.value,
    order: meeting.order,
    lastSign: position.lastSign,
  })
  return { kind: 'COMES_TO_STAND', change, conflictsWith: [], replaces: [], leads, inheritedSign: 0 }
}

const decideAgainst = (comparison: Comparison, overlapping: readonly Claim[]): Outcome => {
  const verdicts = overlapping.map((standing) => verdictOn(meet(standing, comparison.claim)))
  const agreeing = verdicts.filter(isAgreement)
  return agreeing.length < verdicts.length ? barred(comparison.claim, verdicts) : agreed(comparison, agreeing)
}

interface Verdict extends Meeting {
  readonly kind: MeetingKind
}

interface Agreement extends Meeting {
  readonly kind: Exclude<MeetingKind, 'CONFLICT'>
}

const verdictOn = (meeting: Meeting): Verdict => ({
  ...meeting,
  kind: ruleFor(OVERLAP_RULES, meeting).outcome(meeting),
})

const isAgreement = (verdict: Verdict): verdict is Agreement => verdict.kind !== 'CONFLICT'

const barred = (claim: Claim, verdicts: readonly Verdict[]): IsBarred => {
  const echoed = verdicts.find(({ standing }) => standing.value === claim.value)
  const conflicts = verdicts.filter(({ kind }) => kind === 'CONFLICT')
  return {
    kind: 'IS_BARRED',
    change: echoed ? reaffirmation(claim, echoed) : null,
    conflictsWith: conflicts.map(({ standing }) => standing),
  }
}

const agreed = ({ claim, position }: Comparison, verdicts: readonly Agreement[]): Outcome => {
  const decisive = gravest(verdicts)
  const movesValue = verdicts.some(({ kind }) => movesTheValue(kind))
  if (!movesValue && !verdicts.every(mayReplace)) return { kind: 'REPEATS', change: reaffirmation(claim, decisive) }
  const { kind, order, standing } = decisive
  const to = movesValue ? claim.value : standing.value
  const replaces = verdicts.map((verdict) => verdict.standing)
  return {
    kind: 'COMES_TO_STAND',
    change: shift(claim, { kind, from: standing.value, to, order, lastSign: position.lastSign }),
    conflictsWith: order === 'unknown' ? [standing] : [],
    replaces,
    leads: movesValue || replaces.some((one) => one === position.headline),
    inheritedSign: 0,
  }
}

const meet = (standing: Claim, claim: Claim): Meeting => ({ claim, standing, order: orderOf(standing, claim) })

const movesTheValue = (kind: MeetingKind): boolean =>
  kind === 'REVERSAL' || kind === 'HARDENING' || kind === 'SOFTENING'

const mayReplace = ({ standing, claim, order }: Meeting): boolean =>
  order !== 'unknown' && !impliedAgainstExplicit(standing, claim) && reachesThreshold(standing, claim)

/** The gravest verdict; of equals the one against the claim that has stood longest. */
const gravest = (verdicts: readonly Agreement[]): Agreement =>
  verdicts.reduce((best, one) => (gravity(one.kind) < gravity(best.kind) ? one : best))

const gravity = (kind: MeetingKind): number => GRAVITY.findIndex((kinds) => kinds.includes(kind))

const initial = ({ claim, position }: Comparison): Change => ({
  matter: claim.matter,
  facet: claim.facet,
  kind: 'INITIAL',
  from: null,
  to: claim.value,
  order: null,
  statement: claim.statement,
  validFrom: claim.latest,
  entailedFrom: null,
  reversesEarlier: claim.sign * position.lastSign < 0,
})

interface Shift {
  readonly kind: ShiftKind
  readonly from: Value
  readonly to: Value
  readonly order: Order
  readonly lastSign: Sign
}

const shift = (
  claim: Claim,
  { kind, from, to, order, lastSign }: Shift,
  entailedFrom: string | null = null,
): Change => ({
  matter: claim.matter,
  facet: claim.facet,
  kind,
  from,
  to,
  order,
  statement: claim.statement,
  validFrom: claim.latest,
  entailedFrom,
  reversesEarlier: kind !== 'REAFFIRM' && to === claim.value && claim.sign * lastSign < 0,
})

const reaffirmation = (claim: Claim, { standing, order }: Meeting): Change =>
  shift(claim, { kind: 'REAFFIRM', from: standing.value, to: standing.value, order, lastSign: 0 })
