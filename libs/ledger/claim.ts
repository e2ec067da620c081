import type { Day } from '#libs/contracts/primitives.js'
import type { Stance } from '#libs/contracts/stance.js'
import type { Authority, Facet, Value } from '#libs/contracts/vocabulary.js'
import canonicalize from 'canonicalize'
import type { Extent } from './scope.js'
import type { KnownBounds } from './bounds.js'

/** One stance of one statement, with all that the fold weighs it by (docs/design.md 6.1). */
export interface Claim extends ItemOrigin {
  readonly kind: 'CLAIM'
  readonly stance: Stance
  readonly matter: string
  readonly facet: Facet
  readonly value: Value
  /** Signed, −2 to 2. */
  readonly strength: number
  readonly sign: Sign
  readonly extent: Extent
  readonly implied: boolean
  readonly officeUntil: Day | null
  /** The statement has other stances too. */
  readonly hasSiblings: boolean
}

/** That a statement was taken back. It sorts no earlier than what it takes back. */
export interface Retraction extends ItemOrigin {
  readonly kind: 'RETRACTION'
  readonly stances: readonly Stance[]
}

export type TrackItem = Claim | Retraction

export type Sign = -1 | 0 | 1

export interface ItemOrigin {
  readonly statement: string
  readonly speaker: string
  readonly authority: Authority
  readonly rank: number
  readonly earliest: Day | null
  readonly latest: Day
  readonly published: KnownBounds
}

/**
 * A stance as canonical JSON (RFC 8785), the last resort of the sort order before the statement's id. Kept, because a
 * day on which everybody says the same compares it again and again.
 */
export const canonicalStance = ({ stance }: Claim): string => {
  const known = canonicalStances.get(stance)
  if (known !== undefined) return known
  const canonical = canonicalize(stance) ?? ''
  canonicalStances.set(stance, canonical)
  return canonical
}

const canonicalStances = new WeakMap<Stance, string>()

/** A claim's condition as canonical JSON, empty where it has none: two conditions differ if these do. */
export const canonicalCondition = ({ stance }: Claim): string =>
  stance.condition === undefined ? '' : (canonicalize(stance.condition) ?? '')
