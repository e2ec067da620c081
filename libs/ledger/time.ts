import type { Day } from '#libs/contracts/primitives.js'
import { parse } from 'edtf'
import type { Bounds, KnownBounds } from './bounds.js'
import { boundsOfText } from './edtf-bounds.js'
import { plainBounds } from './plain-dates.js'

export type ParsedEdtf =
  { readonly ok: true; readonly bounds: Bounds } | { readonly ok: false; readonly reason: EdtfFault }

/** Why a text is no date of ours; part of what a caller is told. */
export type EdtfFault =
  | 'is longer than 200 characters'
  | 'is not an EDTF date, interval or one-of set that is possible'
  | 'is outside the years 0001 to 9999, or at a level of EDTF that is not read'
  | 'ends before it begins'

/**
 * Reads EDTF (ISO 8601-2) levels 0 and 1 and one-of sets: `2022-10~/2022-10-20`, `../2022-02-23`, `[..2022-10-20]`,
 * `[2022-10-18,2022-10-19]`, `2022-21`, `2022-1X`. The qualifiers ~ ? % do not move bounds (docs/design.md 4).
 * Total: a text that cannot be read is an outcome. What was read is remembered, within a limit.
 */
export const parseEdtf = (text: string): ParsedEdtf => {
  const plain = plainBounds(text)
  if (plain !== null) return { ok: true, bounds: plain }
  const known = remembered.get(text)
  if (known !== undefined) return known
  const parsed = parseSlowly(text)
  remember(text, parsed)
  return parsed
}

const TEXT_LENGTH_MAX = 200
const REMEMBERED_MAX = 4_096

/** The grammar of the `edtf` package takes about 100 µs a text, and registries and feeds repeat the same few. */
const remembered = new Map<string, ParsedEdtf>()

const remember = (text: string, parsed: ParsedEdtf): void => {
  if (text.length > TEXT_LENGTH_MAX) return
  if (remembered.size >= REMEMBERED_MAX) remembered.clear()
  remembered.set(text, parsed)
}

const parseSlowly = (text: string): ParsedEdtf => {
  if (text.length > TEXT_LENGTH_MAX) return { ok: false, reason: 'is longer than 200 characters' }
  const type = typeOf(text)
  if (type === null) return { ok: false, reason: 'is not an EDTF date, interval or one-of set that is possible' }
  const bounds = boundsOfText(type, text)
  if (bounds === null)
    return { ok: false, reason: 'is outside the years 0001 to 9999, or at a level of EDTF that is not read' }
  return endsBeforeItBegins(bounds) ? { ok: false, reason: 'ends before it begins' } : { ok: true, bounds }
}

/** What the grammar takes the text for, or null where it refuses it, impossible days included. */
const typeOf = (text: string): string | null => {
  try {
    return parse(text).type ?? 'Date'
  } catch {
    return null
  }
}

const endsBeforeItBegins = ({ earliest, latest }: Bounds): boolean =>
  earliest !== null && latest !== null && earliest > latest

/** When a statement was said, from all that is claimed about its date. */
export interface SaidBounds {
  readonly earliest: Day | null
  readonly latest: Day
  /** The date claims have no day in common. */
  readonly disputed: boolean
}

/**
 * Combines the date claims for one statement (docs/design.md 4): the days they share; where they share none, the hull
 * of those with both bounds known, else of all. Nothing was said after it was first in print, so both bounds are
 * capped by the first publication's latest day. Without any claim: some time before publication.
 */
export const saidBounds = (claims: readonly Bounds[], firstPublished: { readonly latest: Day }): SaidBounds => {
  const shared = intersection(claims)
  const disputed = endsBeforeItBegins(shared)
  const { earliest, latest } = disputed ? hull(preferBounded(claims)) : shared
  const cap = firstPublished.latest
  return {
    earliest: earliest !== null && earliest > cap ? cap : earliest,
    latest: latest === null || latest > cap ? cap : latest,
    disputed,
  }
}

/**
 * The first publication, bound by bound: it lies between the least of the earliest days and the least of the latest.
 * @param publications  at least one
 */
export const publishedBounds = (publications: readonly KnownBounds[]): KnownBounds => ({
  earliest: publications.map((one) => one.earliest).reduce(least),
  latest: publications.map((one) => one.latest).reduce(least),
})

const least = (a: Day, b: Day): Day => (a < b ? a : b)
const greatest = (a: Day, b: Day): Day => (a > b ? a : b)
const isKnown = (day: Day | null): day is Day => day !== null

const intersection = (claims: readonly Bounds[]): Bounds => ({
  earliest: claims.map((claim) => claim.earliest).reduce((a, b) => (a && b ? greatest(a, b) : (a ?? b)), null),
  latest: claims.map((claim) => claim.latest).reduce((a, b) => (a && b ? least(a, b) : (a ?? b)), null),
})

const preferBounded = (claims: readonly Bounds[]): readonly Bounds[] => {
  const bounded = claims.filter((claim) => isKnown(claim.earliest) && isKnown(claim.latest))
  return bounded.length > 0 ? bounded : claims
}

const hull = (claims: readonly Bounds[]): Bounds => {
  const earliest = claims.map((claim) => claim.earliest)
  const latest = claims.map((claim) => claim.latest)
  return {
    earliest: earliest.every(isKnown) ? earliest.reduce(least) : null,
    latest: latest.every(isKnown) ? latest.reduce(greatest) : null,
  }
}
