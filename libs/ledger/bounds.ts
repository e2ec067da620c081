import type { Day } from '#libs/contracts/primitives.js'

/** The UTC days on which something can have been, both included; null is open or unknown. */
export interface Bounds {
  readonly earliest: Day | null
  readonly latest: Day | null
}

/** The same where both ends are known. */
export interface KnownBounds {
  readonly earliest: Day
  readonly latest: Day
}
