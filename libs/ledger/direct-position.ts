import type { Facet } from '#libs/contracts/vocabulary.js'
import type { Claim, Sign } from './claims.js'
import type { Conflict } from './track.js'

/**
 * What a track remembers of one matter and facet: the claims that stand, which of them is the headline, and what later
 * claims are weighed against. It outlives its claims: after a withdrawal the last non-zero sign remains.
 */
export interface DirectPosition {
  readonly matter: string
  readonly facet: Facet
  /** Scopes disjoint, in the order in which they came to stand. */
  readonly standing: readonly Claim[]
  readonly headline: Claim | null
  /** The last non-zero sign that a headline of this position had. */
  readonly lastSign: Sign
  /** Conflicts on this matter that nothing has settled, in the order in which they opened. */
  readonly openConflicts: readonly OpenConflict[]
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
  standing: [],
  headline: null,
  lastSign: 0,
  openConflicts: [],
})

/** The position with another headline; a headline without sign leaves the last sign as it was. */
export const withHeadline = (position: DirectPosition, headline: Claim | null): DirectPosition => ({
  ...position,
  headline,
  lastSign: headline === null || headline.sign === 0 ? position.lastSign : headline.sign,
})

/** The position without one of its claims; if that was the headline, the last to have come to stand takes its place. */
export const without = (position: DirectPosition, claim: Claim): DirectPosition => {
  const standing = position.standing.filter((one) => one !== claim)
  const remaining = { ...position, standing }
  return position.headline === claim ? withHeadline(remaining, standing.at(-1) ?? null) : remaining
}
