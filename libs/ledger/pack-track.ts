import type { Day } from '#libs/contracts/primitives.js'
import type { Stance } from '#libs/contracts/stance.js'
import { FACETS, type Authority, type Facet } from '#libs/contracts/vocabulary.js'
import { rankOf } from './authority.js'
import type { Claim, ItemOrigin, Sign, TrackItem } from './claim.js'
import { claimOf } from './claims.js'
import type { DirectPosition, OpenConflict } from './direct-position.js'
import { StandingClaims } from './standing-claims.js'
import { openTrack, type DirectPositions, type Track } from './track-state.js'
import type { Conflict, TrackMatters } from './track.js'

/**
 * A track as JSON that takes a fraction of the track's memory. Claims and conflicts stand in it once and are named by
 * their place, since the fold tells them apart by identity; what follows from a stance is left out. Without delta.
 */
export interface PackedTrack {
  readonly claims: readonly PackedClaim[]
  readonly conflicts: readonly Conflict[]
  readonly positions: readonly PackedPosition[]
  readonly last: PackedLast | null
  readonly conflictCount: number
}

type PackedOrigin = [
  statement: string,
  speaker: string,
  authority: Authority,
  earliest: Day | null,
  latest: Day,
  publishedEarliest: Day,
  publishedLatest: Day,
]
type PackedClaim = [...PackedOrigin, officeUntil: Day | null, hasSiblings: 0 | 1, stance: Stance]
type PackedLast = { readonly claim: number } | { readonly origin: PackedOrigin; readonly stances: readonly Stance[] }
type PackedConflict = [number: number, conflict: number, earlier: number, later: number]
type PackedPosition = [
  facet: number,
  matter: string,
  standing: number[],
  headline: number,
  lastSign: Sign,
  openConflicts: PackedConflict[][],
]

/** Numbers things in the order in which they are first asked for. */
class Places<Thing> {
  readonly things: Thing[] = []
  readonly #places = new Map<Thing, number>()

  of(thing: Thing): number {
    const known = this.#places.get(thing)
    if (known !== undefined) return known
    this.#places.set(thing, this.things.length)
    return this.things.push(thing) - 1
  }
}

const NOTHING = -1

/**
 * @param conflicts  those that the caller keeps beside the track, to be named by place as well
 * @returns the packed track, and the places of these conflicts
 */
export const packTrack = (
  track: Track,
  conflicts: readonly Conflict[] = [],
): { readonly packed: PackedTrack; readonly places: readonly number[] } => {
  const claims = new Places<Claim>()
  const open = new Places<Conflict>()
  const packConflict = ({ number, conflict, earlier, later }: OpenConflict): PackedConflict => [
    number,
    open.of(conflict),
    claims.of(earlier),
    claims.of(later),
  ]
  const positions = FACETS.flatMap((facet, index) =>
    [...track.positions[facet].values()].map(
      ({ matter, standing, headline, lastSign, openConflicts }): PackedPosition => [
        index,
        matter,
        standing.list().map((claim) => claims.of(claim)),
        headline === null ? NOTHING : claims.of(headline),
        lastSign,
        openConflicts.map((row) => row.map(packConflict)),
      ],
    ),
  )
  const { last, conflictCount } = track
  const places = conflicts.map((conflict) => open.of(conflict))
  const packedLast = last === null ? null : packLast(last, claims)
  const packed = {
    claims: claims.things.map(packClaim),
    conflicts: open.things,
    positions,
    last: packedLast,
    conflictCount,
  }
  return { packed, places }
}

/** @returns the track as it was packed, and what finds a conflict by its place; that throws (assertion) where there is none */
export const unpackTrack = (
  packed: PackedTrack,
  matters: TrackMatters,
): { readonly track: Track; readonly conflictAt: (place: number) => Conflict } => {
  const { conflicts, conflictCount } = packed
  const claims = packed.claims.map((claim) => unpackClaim(claim, matters))
  const positions: Record<Facet, Map<string, DirectPosition>> = { FACT: new Map(), INTENT: new Map(), NORM: new Map() }
  for (const [facet, matter, standing, headline, lastSign, openConflicts] of packed.positions) {
    const name = at(FACETS, facet)
    positions[name].set(matter, {
      matter,
      facet: name,
      standing: standingOf(standing.map((place) => at(claims, place))),
      headline: headline === NOTHING ? null : at(claims, headline),
      lastSign,
      openConflicts: openConflicts.map((row) =>
        row.map(([number, conflict, earlier, later]) => ({
          number,
          conflict: at(conflicts, conflict),
          earlier: at(claims, earlier),
          later: at(claims, later),
        })),
      ),
    })
  }
  const last = packed.last === null ? null : unpackLast(packed.last, claims)
  const track = { ...openTrack(matters), positions: positions satisfies DirectPositions, last, conflictCount }
  return { track, conflictAt: (place) => at(conflicts, place) }
}

const packOrigin = ({ statement, speaker, authority, earliest, latest, published }: ItemOrigin): PackedOrigin => [
  statement,
  speaker,
  authority,
  earliest,
  latest,
  published.earliest,
  published.latest,
]

const packClaim = (claim: Claim): PackedClaim => [
  ...packOrigin(claim),
  claim.officeUntil,
  claim.hasSiblings ? 1 : 0,
  claim.stance,
]

const unpackClaim = (packed: PackedClaim, matters: TrackMatters): Claim => {
  const [, , , , , , , officeUntil, siblings, stance] = packed
  return claimOf(unpackOrigin(packed), { officeUntil, hasSiblings: siblings === 1 }, stance, matters)
}

const unpackOrigin = ([statement, speaker, authority, earliest, latest, publishedEarliest, publishedLatest]:
  Readonly<PackedOrigin> | Readonly<PackedClaim>): ItemOrigin => ({
  statement,
  speaker,
  authority,
  rank: rankOf(authority),
  earliest,
  latest,
  published: { earliest: publishedEarliest, latest: publishedLatest },
})

/** A retraction is in no position, and so in no list of claims. */
const packLast = (last: TrackItem, claims: Places<Claim>): PackedLast =>
  last.kind === 'CLAIM' ? { claim: claims.of(last) } : { origin: packOrigin(last), stances: last.stances }

const unpackLast = (last: PackedLast, claims: readonly Claim[]): TrackItem =>
  'claim' in last ? at(claims, last.claim) : { kind: 'RETRACTION', ...unpackOrigin(last.origin), stances: last.stances }

const standingOf = (claims: readonly Claim[]): StandingClaims => {
  const standing = new StandingClaims()
  for (const claim of claims) standing.add(claim)
  return standing
}

/** @throws (assertion) where a packed track names what it does not hold */
const at = <Thing>(things: readonly Thing[], place: number): Thing => {
  const thing = things[place]
  if (thing === undefined) throw new Error(`a packed track has nothing at ${place}`)
  return thing
}
