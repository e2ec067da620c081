import type { Stance } from '#libs/contracts/stance.js'
import { FACETS } from '#libs/contracts/vocabulary.js'
import type { Claim, Sign, TrackItem } from './claim.js'
import type { OpenConflict } from './direct-position.js'
import { packClaim, packOrigin, unpackClaim, unpackOrigin, type PackedClaim, type PackedOrigin } from './pack-claim.js'
import { openOwnTrack, type OwnTrack } from './own-track.js'
import type { TextShelf } from './freezable-map.js'
import { PositionTable, type PositionsByMatter } from './position-table.js'
import { StandingClaims } from './standing-claims.js'
import { openTrack, type Track } from './track-state.js'
import type { Conflict, TrackMatters } from './track.js'

/**
 * A track as JSON that takes a fraction of the track's memory. Claims and conflicts stand in it once and are named by
 * their place, since the fold tells them apart by identity; what follows from a stance is left out. Without delta.
 */
export interface PackedTrack {
  readonly claims: readonly PackedClaim[]
  readonly conflicts: readonly Conflict[]
  readonly positions: readonly PackedPosition[]
  /** By facet, those that were frozen; they stay so. */
  readonly frozen: readonly (readonly (readonly [matter: string, frozen: string])[])[]
  readonly last: PackedLast | null
  readonly conflictCount: number
}

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
    [...warmOf(track.positions[facet])].map(
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
    frozen: FACETS.map((facet) => [...frozenOf(track.positions[facet])]),
    last: packedLast,
    conflictCount,
  }
  return { packed, places }
}

const warmOf = (positions: PositionsByMatter) =>
  positions instanceof PositionTable ? positions.warm() : positions.values()
const frozenOf = (positions: PositionsByMatter) => (positions instanceof PositionTable ? positions.frozen() : [])

/** @returns the track as it was packed, to be changed in place, and what finds a conflict by its place; that throws (assertion) where there is none */
export const unpackTrack = (
  packed: PackedTrack,
  matters: TrackMatters,
  shelf?: () => TextShelf,
): { readonly track: OwnTrack; readonly conflictAt: (place: number) => Conflict } => {
  const { conflicts, conflictCount } = packed
  const claims = packed.claims.map((claim) => unpackClaim(claim, matters))
  const { positions } = openOwnTrack(matters, shelf)
  packed.frozen.forEach((frozen, facet) => positions[at(FACETS, facet)].putFrozen(frozen))
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
  const track = { ...openTrack(matters), positions, last, conflictCount }
  return { track, conflictAt: (place) => at(conflicts, place) }
}

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
