import type { Facet, Role } from '#libs/contracts/vocabulary.js'
import type { Sign } from './claim.js'
import { emptyPosition, type DirectPosition } from './direct-position.js'
import { packClaim, unpackClaim, type PackedClaim } from './pack-claim.js'

type FrozenPosition = [
  matter: string,
  facet: Facet,
  role: Role,
  headline: number,
  lastSign: Sign,
  ...standing: PackedClaim[],
]

/** Conflicts tie positions to each other, and many standing claims are found by an index: such positions stay as they are. */
export const mayFreeze = ({ standing, openConflicts }: DirectPosition): boolean =>
  standing.size <= STANDING_MAX && openConflicts.every((row) => row.length === 0)

const STANDING_MAX = 4

/** A position as text, a fraction of what its objects take, and nothing that collecting garbage would have to go through. */
export const freezePosition = ({ matter, facet, standing, headline, lastSign }: DirectPosition, role: Role): string => {
  const claims = standing.list()
  const frozen: FrozenPosition = [
    matter,
    facet,
    role,
    headline === null ? NONE : claims.indexOf(headline),
    lastSign,
    ...claims.map(packClaim),
  ]
  return JSON.stringify(frozen)
}

/** @throws SyntaxError where the text is not of `freezePosition` */
export const thawPosition = (text: string): DirectPosition => {
  const [matter, facet, role, headline, lastSign, ...standing] = JSON.parse(text) as FrozenPosition
  // of the matters, claims need the actor's role in their own
  const matters = new Map([[matter, { broader: [], role, hasParties: false }]])
  const claims = standing.map((claim) => unpackClaim(claim, matters))
  const position = emptyPosition(matter, facet)
  for (const claim of claims) position.standing.add(claim)
  position.headline = headline === NONE ? null : (claims[headline] ?? null)
  position.lastSign = lastSign
  return position
}

const NONE = -1
