/**
 * The closed lists of the field, with their order and strength where they have one (docs/design.md 3).
 * A word is never renamed: events that use it are kept for ever.
 */

/** What a statement does. */
export const ACTS = [
  'DENY',
  'ADMIT',
  'ACCUSE',
  'ASSERT',
  'REFUSE',
  'PROMISE',
  'REQUEST',
  'DEMAND',
  'THREATEN',
  'PROPOSE',
  'DISAPPROVE',
  'PRAISE',
  'JUSTIFY',
  'DISCLAIM',
  'SOLIDARITY',
  'DECLARE',
  'VOTE',
  'PREDICT',
] as const
export type Act = (typeof ACTS)[number]

/** The three questions a stance can answer: does it happen, will we, should it happen. */
export const FACETS = ['FACT', 'INTENT', 'NORM'] as const
export type Facet = (typeof FACETS)[number]

/** The values of each facet, from the most negative to the most positive. */
export const VALUES = {
  FACT: ['DENY', 'DISCLAIM', 'NO_COMMENT', 'ADMIT_PARTIAL', 'AFFIRM'],
  INTENT: ['WILL_NOT', 'DECLINE', 'BLOCK', 'CONDITIONAL', 'WILL', 'SEEK', 'PERMIT'],
  NORM: ['AGAINST', 'NONE', 'FAVOR'],
} as const satisfies Record<Facet, readonly string[]>
export type Value = (typeof VALUES)[Facet][number]
export const ALL_VALUES = [...VALUES.FACT, ...VALUES.INTENT, ...VALUES.NORM] as const

/** Signed strength of a value. A DISCLAIM of a THIRD counts 0: who has no part in a matter denies nothing by knowing nothing. */
export const STRENGTH: Record<Value, number> = {
  DENY: -2,
  DISCLAIM: -1,
  NO_COMMENT: 0,
  ADMIT_PARTIAL: 1,
  AFFIRM: 2,
  WILL_NOT: -2,
  DECLINE: -2,
  BLOCK: -2,
  CONDITIONAL: 0,
  WILL: 2,
  SEEK: 2,
  PERMIT: 2,
  AGAINST: -1,
  NONE: 0,
  FAVOR: 1,
}

/** An actor's part in a matter. Who has none is THIRD. */
export const PARTY_ROLES = ['SUPPLIER', 'RECIPIENT', 'USER', 'TRANSIT', 'CONSENT', 'PARTY'] as const
export type PartyRole = (typeof PARTY_ROLES)[number]
export const ROLES = [...PARTY_ROLES, 'THIRD'] as const
export type Role = (typeof ROLES)[number]

/** The ladder of authority, from high to low. */
export const AUTHORITIES = ['BINDING', 'PRINCIPAL', 'SENIOR', 'VOICE', 'UNATTRIBUTED'] as const
export type Authority = (typeof AUTHORITIES)[number]

/** In what capacity a speaker speaks for an actor. */
export const CAPACITIES = ['OWN', 'JOINT', 'BLOC'] as const
export type Capacity = (typeof CAPACITIES)[number]

/** How close a report's wording is to what was said. */
export const FIDELITIES = ['VERBATIM', 'TRANSLATED', 'RETRANSLATED', 'ALTERED', 'PARAPHRASE'] as const
export type Fidelity = (typeof FIDELITIES)[number]

export const ACTOR_KINDS = ['STATE', 'ORGANISATION', 'PERSON'] as const
export type ActorKind = (typeof ACTOR_KINDS)[number]

export const CHANGE_KINDS = [
  'INITIAL',
  'ADDITION',
  'REVERSAL',
  'HARDENING',
  'SOFTENING',
  'RECONDITION',
  'BROADENING',
  'NARROWING',
  'REAFFIRM',
  'WITHDRAWAL',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

export const CONFLICT_KINDS = ['CONTRADICTION', 'INCONSISTENT_VOICE'] as const
export type ConflictKind = (typeof CONFLICT_KINDS)[number]

export const DISPUTE_KINDS = ['OPPOSED', 'EXTENT'] as const
export type DisputeKind = (typeof DISPUTE_KINDS)[number]

/** How surely one claim is known to come after another (docs/design.md 6.3). */
export const ORDERS = ['certain', 'assumed', 'unknown'] as const
export type Order = (typeof ORDERS)[number]

/** What an API key may do. */
export const SCOPES = ['read', 'record', 'register', 'operate'] as const
export type KeyScope = (typeof SCOPES)[number]

/** What became of a record (docs/design.md 5). */
export const OUTCOMES = ['applied', 'duplicate', 'pending', 'waiting', 'stale', 'quarantined', 'dismissed'] as const
export type OutcomeKind = (typeof OUTCOMES)[number]
