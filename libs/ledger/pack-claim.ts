import type { Day } from '#libs/contracts/primitives.js'
import type { Stance } from '#libs/contracts/stance.js'
import type { Authority } from '#libs/contracts/vocabulary.js'
import { rankOf } from './authority.js'
import type { Claim, ItemOrigin } from './claim.js'
import { claimOf } from './claims.js'
import type { TrackMatters } from './track.js'

/** A claim as a row of JSON, without what follows from its stance. */
export type PackedClaim = [...PackedOrigin, officeUntil: Day | null, hasSiblings: 0 | 1, stance: Stance]
export type PackedOrigin = [
  statement: string,
  speaker: string,
  authority: Authority,
  earliest: Day | null,
  latest: Day,
  publishedEarliest: Day,
  publishedLatest: Day,
]

export const packClaim = (claim: Claim): PackedClaim => [
  ...packOrigin(claim),
  claim.officeUntil,
  claim.hasSiblings ? 1 : 0,
  claim.stance,
]

export const unpackClaim = (packed: PackedClaim, matters: TrackMatters): Claim => {
  const [, , , , , , , officeUntil, siblings, stance] = packed
  return claimOf(unpackOrigin(packed), { officeUntil, hasSiblings: siblings === 1 }, stance, matters)
}

export const packOrigin = ({
  statement,
  speaker,
  authority,
  earliest,
  latest,
  published,
}: ItemOrigin): PackedOrigin => [statement, speaker, authority, earliest, latest, published.earliest, published.latest]

export const unpackOrigin = ([statement, speaker, authority, earliest, latest, publishedEarliest, publishedLatest]:
  Readonly<PackedOrigin> | Readonly<PackedClaim>): ItemOrigin => ({
  statement,
  speaker,
  authority,
  rank: rankOf(authority),
  earliest,
  latest,
  published: { earliest: publishedEarliest, latest: publishedLatest },
})
