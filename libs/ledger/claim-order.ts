import type { Order } from '#libs/contracts/vocabulary.js'
import { canonicalStance, type Claim, type Retraction, type TrackItem } from './claim.js'

/**
 * How surely `later` was said after `earlier`, as far as dates tell (docs/design.md 6.3). Total: never throws.
 * @returns 'certain' if `later` begins after `earlier` ends; 'assumed' if it begins no earlier and `earlier` was surely
 *   in print before it; else 'unknown'. Not symmetric: ask it of two claims in the order in which they sort.
 */
export const orderOf = (earlier: Claim, later: Claim): Order => {
  if (later.earliest === null) return 'unknown'
  if (later.earliest > earlier.latest) return 'certain'
  const beginsNoEarlier = earlier.earliest === null || later.earliest >= earlier.earliest
  return beginsNoEarlier && earlier.published.latest < later.published.earliest ? 'assumed' : 'unknown'
}

/**
 * The order in which the fold takes claims and retractions (docs/design.md 6.2). It extends what is certain, and is
 * total: two items compare as 0 only if they are the same stance of the same statement.
 */
export const compareItems = (a: TrackItem, b: TrackItem): number =>
  ascending(a.latest, b.latest) ||
  retractionsLast(a, b) ||
  b.rank - a.rank ||
  unknownFirst(a.earliest, b.earliest) ||
  ascending(a.published.latest, b.published.latest) ||
  ascending(a.speaker, b.speaker) ||
  compareStances(a, b) ||
  ascending(a.statement, b.statement)

/** By UTF-16 units, so that every machine and locale sorts alike. */
export const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const retractionsLast = (a: TrackItem, b: TrackItem): number => Number(isRetraction(a)) - Number(isRetraction(b))

const isRetraction = (item: TrackItem): item is Retraction => item.kind === 'RETRACTION'

const unknownFirst = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? -1 : b === null ? 1 : ascending(a, b)

const compareStances = (a: TrackItem, b: TrackItem): number => {
  if (isRetraction(a) || isRetraction(b)) return 0
  return (
    ascending(a.matter, b.matter) ||
    ascending(a.facet, b.facet) ||
    ascending(a.value, b.value) ||
    ascending(canonicalStance(a), canonicalStance(b))
  )
}
