import type { Day } from '#libs/contracts/primitives.js'
import type { Condition, Scope, Stance } from '#libs/contracts/stance.js'
import type {
  Authority,
  Capacity,
  ChangeKind,
  ConflictKind,
  Facet,
  Order,
  Role,
  Value,
} from '#libs/contracts/vocabulary.js'
import type { Bounds, KnownBounds } from './bounds.js'

/**
 * What goes into the fold and what comes out of it (docs/design.md 6): plain data, no behaviour.
 * A track is one actor's statements in one dossier.
 */

/** One statement as the fold reads it: speaker's office resolved to an authority, dates resolved to bounds. */
export interface TrackStatement {
  readonly id: string
  readonly speaker: string
  readonly authority: Authority
  /** BLOC: for this actor the statement counts as VOICE at most. */
  readonly capacity?: Capacity
  /** Last day of the office it was said in, where that is known. */
  readonly officeUntil?: Day | null
  /** On what days it can have been said, date claims already combined (`saidBounds`). */
  readonly said: Bounds
  readonly published: PublishedBounds
  readonly stances: readonly Stance[]
  /** The day on which the actor took it back. */
  readonly retracted?: Day | null
}

/** When a statement was first in print, bound by bound (`publishedBounds`). */
export type PublishedBounds = KnownBounds

/** The matters of the dossier, as they concern one actor. A matter that is not listed has no broader ones and the role THIRD. */
export type TrackMatters = ReadonlyMap<string, TrackMatter>

export interface TrackMatter {
  readonly broader: readonly string[]
  readonly role: Role
  readonly hasParties: boolean
}

/** Changes and conflicts stand in the order in which the fold makes them, positions by matter, then facet. */
export interface TrackFold {
  readonly changes: Change[]
  readonly conflicts: Conflict[]
  readonly positions: Position[]
}

export type ShiftKind = Exclude<ChangeKind, 'INITIAL' | 'WITHDRAWAL'>

/** One step in a position's history. What is impossible (an INITIAL with a `from`, an unordered WITHDRAWAL) does not compile. */
export type Change = InitialChange | ShiftChange | WithdrawalChange

export interface InitialChange extends ChangeOrigin {
  readonly kind: 'INITIAL'
  readonly from: null
  readonly to: Value
  readonly order: null
  readonly entailedFrom: null
}

export interface ShiftChange extends ChangeOrigin {
  readonly kind: ShiftKind
  readonly from: Value
  readonly to: Value
  readonly order: Order
  /** The matter at another level that the moved value, or the value that moved it, comes from. */
  readonly entailedFrom: string | null
}

export interface WithdrawalChange extends ChangeOrigin {
  readonly kind: 'WITHDRAWAL'
  readonly from: Value
  readonly to: Value | null
  readonly order: 'certain'
  readonly entailedFrom: null
  readonly reversesEarlier: false
}

interface ChangeOrigin {
  readonly matter: string
  readonly facet: Facet
  readonly statement: string
  readonly validFrom: Day
  readonly reversesEarlier: boolean
}

/** Two statements that cannot both stand, neither of which may displace the other. */
export interface Conflict {
  readonly kind: ConflictKind
  readonly facet: Facet
  /** One matter, or two at different levels; sorted. */
  readonly matters: readonly string[]
  readonly statements: readonly [earlier: string, later: string]
  readonly validFrom: Day
  /** The statement that settled it, `withdrawn`, or null while it is open. */
  readonly settledBy: string | null
}

/** What an actor holds on one matter and facet: directly, or as entailed from a matter at another level. */
export interface Position {
  readonly matter: string
  readonly facet: Facet
  readonly value: Value
  /** The headline's statement; so are the next eight. */
  readonly statement: string
  readonly scope: Scope | null
  readonly condition: Condition | null
  readonly implied: boolean
  readonly authority: Authority
  readonly said: Bounds
  readonly published: PublishedBounds
  /** The last day on which the headline can have been said. */
  readonly validFrom: Day
  /** Statements of the standing claims, sorted; empty for an entailed position. */
  readonly standing: readonly string[]
  /** The same claims in the order in which they came to stand. */
  readonly standingClaims: readonly StandingClaim[]
  readonly entailedFrom: string | null
  readonly contestedBy: readonly string[]
  readonly exceptions: readonly string[]
}

export interface StandingClaim {
  readonly statement: string
  readonly value: Value
  readonly scope: Scope | null
  readonly condition: Condition | null
}
