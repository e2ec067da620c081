import type { Facet } from '#libs/contracts/vocabulary.js'
import type { Claim, Sign } from './claim.js'
import { StandingClaims } from './standing-claims.js'
import type { Conflict } from './track.js'

/**
 * What a track remembers of one matter and facet: the claims that stand, which of them is the headline, and what later
 * claims are weighed against. It outlives its claims: after a withdrawal the last non-zero sign remains.
 */
export interface DirectPosition {
  readonly matter: string
  readonly facet: Facet
  readonly standing: StandingClaims
  /** One of the standing claims; null only where none stands. */
  headline: Claim | null
  /** The last non-zero sign that a headline of this position had. */
  lastSign: Sign
  /** Conflicts on this matter that nothing has settled, by the least rank that could settle them, as they opened. */
  openConflicts: (readonly OpenConflict[])[]
}

export interface OpenConflict {
  /** Its place among all conflicts of the track. */
  readonly number: number
  readonly conflict: Conflict
  readonly earlier: Claim
  readonly later: Claim
}

export const emptyPosition = (matter: string, facet: Facet): DirectPosition => ({
  matter,
  facet,
  standing: new StandingClaims(),
  headline: null,
  lastSign: 0,
  openConflicts: NO_ROWS,
})

/** Shared by the many positions that nobody disputes; never changed, since it has no row to change. */
const NO_ROWS: DirectPosition['openConflicts'] = []

export const copyOfPosition = (position: DirectPosition): DirectPosition => ({
  ...position,
  standing: new StandingClaims(position.standing),
  // the rows themselves are shared until one of them changes: disputed matters have hundreds of conflicts that stay open
  openConflicts: position.openConflicts.length === 0 ? NO_ROWS : position.openConflicts.slice(),
})

/** A headline without sign leaves the last sign as it was. */
export const setHeadline = (position: DirectPosition, headline: Claim): void => {
  position.headline = headline
  if (headline.sign !== 0) position.lastSign = headline.sign
}

/**
 * One of the claims ceases to stand; if it was the headline, the last to have come to stand takes its place. The last
 * sign stays: what was once said outlives its being taken back.
 */
export const removeClaim = (position: DirectPosition, claim: Claim): void => {
  position.standing.remove(claim)
  if (position.headline === claim) position.headline = position.standing.last()
}
