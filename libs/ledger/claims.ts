import type { Day } from '#libs/contracts/primitives.js'
import type { Stance } from '#libs/contracts/stance.js'
import { STRENGTH, type Role, type Value } from '#libs/contracts/vocabulary.js'
import { authorityFor, rankOf } from './authority.js'
import { compareItems } from './claim-order.js'
import type { Claim, ItemOrigin, Retraction, Sign, TrackItem } from './claim.js'
import { extentOf } from './scope.js'
import type { Bounds, KnownBounds } from './bounds.js'
import type { TrackMatters, TrackStatement } from './track.js'

/** What one statement adds to its track, sorted: a claim for each stance, and its retraction if it was taken back. */
export const itemsOf = (statement: TrackStatement, matters: TrackMatters): TrackItem[] => {
  const origin = originOf(statement)
  const whole = { officeUntil: statement.officeUntil ?? null, hasSiblings: statement.stances.length > 1 }
  const claims: TrackItem[] = statement.stances.map((stance) => claimOf(origin, whole, stance, matters))
  const retraction = retractionOf(statement)
  const items = retraction ? [...claims, retraction] : claims
  return items.length > 1 ? items.sort(compareItems) : items
}

/** The retraction of a statement, or null if it was never taken back or said nothing that counts. */
export const retractionOf = (statement: TrackStatement): Retraction | null => {
  if (!statement.retracted || statement.stances.length === 0) return null
  const origin = originOf(statement)
  const latest = statement.retracted > origin.latest ? statement.retracted : origin.latest
  return { kind: 'RETRACTION', ...origin, latest, stances: statement.stances }
}

/** Whether a value says yes, no or neither, for an actor with that part in the matter. */
export const signFor = (value: Value, role: Role): Sign => signOf(strengthFor(value, role))

const signOf = (strength: number): Sign => (strength > 0 ? 1 : strength < 0 ? -1 : 0)

const originOf = (statement: TrackStatement): ItemOrigin => {
  const authority = authorityFor(statement.authority, statement.capacity)
  const { id, speaker, published } = statement
  return { statement: id, speaker, authority, rank: rankOf(authority), ...capped(statement.said, published), published }
}

/** The day by which the statement's claims are sorted first. */
export const dayOf = ({ said, published }: TrackStatement): Day => capped(said, published).latest

/** Nothing was said after it was in print. */
const capped = ({ earliest, latest }: Bounds, published: KnownBounds): { earliest: Day | null; latest: Day } => ({
  earliest: earliest !== null && earliest > published.latest ? published.latest : earliest,
  latest: latest === null || latest > published.latest ? published.latest : latest,
})

/** A stance as the fold weighs it. What follows from the stance and the actor's part in the matter is worked out here. */
export const claimOf = (
  origin: ItemOrigin,
  { officeUntil, hasSiblings }: Pick<Claim, 'officeUntil' | 'hasSiblings'>,
  stance: Stance,
  matters: TrackMatters,
): Claim => {
  const strength = strengthFor(stance.value, matters.get(stance.matter)?.role ?? 'THIRD')
  return {
    kind: 'CLAIM',
    statement: origin.statement,
    speaker: origin.speaker,
    authority: origin.authority,
    rank: origin.rank,
    earliest: origin.earliest,
    latest: origin.latest,
    published: origin.published,
    stance,
    matter: stance.matter,
    facet: stance.facet,
    value: stance.value,
    strength,
    sign: signOf(strength),
    extent: extentOf(stance.scope),
    implied: stance.implied === true,
    officeUntil,
    hasSiblings,
  }
}

/** Who has no part in a matter denies nothing by saying that he knows nothing of it. */
const strengthFor = (value: Value, role: Role): number =>
  value === 'DISCLAIM' && role === 'THIRD' ? 0 : STRENGTH[value]
