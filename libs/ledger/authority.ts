import { AUTHORITIES, type Authority, type Capacity } from '#libs/contracts/vocabulary.js'
import { orderOf } from './claim-order.js'
import type { Claim } from './claim.js'

/** Rank on the ladder of authority: 4 is BINDING, 0 is UNATTRIBUTED. */
export const rankOf = (authority: Authority): number => RANKS[authority]

const RANKS = Object.fromEntries(
  AUTHORITIES.map((authority, index) => [authority, AUTHORITIES.length - 1 - index]),
) as Record<Authority, number>

const PRINCIPAL = RANKS.PRINCIPAL
const SENIOR = RANKS.SENIOR
const VOICE = RANKS.VOICE

/** The authority with which a statement counts for one actor: what a bloc says is, for its members, at most VOICE. */
export const authorityFor = (authority: Authority, capacity: Capacity | undefined): Authority =>
  capacity === 'BLOC' && RANKS[authority] > VOICE ? 'VOICE' : authority

/**
 * The rank a later claim must reach to displace an earlier one (docs/design.md 6.4). A vote does not bind a head of
 * state for ever, hence at most PRINCIPAL; nor does a minister who has left office bind the next, hence at most SENIOR.
 */
export const threshold = (earlier: Claim, later: Claim): number => {
  const officeHadEnded = earlier.officeUntil !== null && later.earliest !== null && earlier.officeUntil < later.earliest
  return Math.min(earlier.rank, officeHadEnded ? SENIOR : PRINCIPAL)
}

/** The least rank that can ever reach the threshold of a claim. */
export const leastThreshold = ({ rank, officeUntil }: Claim): number =>
  Math.min(rank, officeUntil === null ? PRINCIPAL : SENIOR)

export const reachesThreshold = (earlier: Claim, later: Claim): boolean => later.rank >= threshold(earlier, later)

/** What is only implied never counts against what was said outright. */
export const impliedAgainstExplicit = (earlier: Claim, later: Claim): boolean => later.implied && !earlier.implied

/** Whether a later claim may move an earlier one. When nobody knows which came first, only the higher authority may. */
export const mayMove = (earlier: Claim, later: Claim): boolean => {
  if (impliedAgainstExplicit(earlier, later)) return false
  return orderOf(earlier, later) === 'unknown' ? later.rank > earlier.rank : reachesThreshold(earlier, later)
}
