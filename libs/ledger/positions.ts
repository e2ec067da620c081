import { FACETS, type Facet } from '#libs/contracts/vocabulary.js'
import { ascending } from './claim-order.js'
import type { Claim } from './claim.js'
import type { DirectPosition } from './direct-position.js'
import { entailedOn } from './entailment.js'
import { levelsOf } from './matter-levels.js'
import { overlap } from './scope.js'
import { positionAt, type Track } from './track-state.js'
import type { Position, StandingClaim } from './track.js'

/** Every position that a track comes to, direct and entailed, by matter, then facet (docs/design.md 6.7, 6.8). */
export const positionsOf = (track: Track): Position[] => {
  const matters = new Set([...track.matters.keys(), ...FACETS.flatMap((facet) => [...track.positions[facet].keys()])])
  return [...matters]
    .sort(ascending)
    .flatMap((matter) => FACETS.map((facet) => positionOn(track, matter, facet)))
    .filter((position) => position !== null)
}

/** The position on one matter and facet, or null where the actor has none. */
export const positionOn = (track: Track, matter: string, facet: Facet): Position | null => {
  const held = heldOn(track, matter, facet)
  return held === null ? null : positionOf(held)
}

/**
 * All that a position is made of, of the fold's own objects. Claims are never altered, so where these are the same ones,
 * so is the position: comparing two of these is far cheaper than rendering and comparing what they come to.
 */
export interface HeldPosition {
  readonly matter: string
  readonly facet: Facet
  /** The headline, its own or the one at another level that entails it. */
  readonly claim: Claim
  readonly standing: readonly Claim[]
  readonly entailedFrom: string | null
  readonly contestedBy: readonly string[]
  readonly exceptions: readonly string[]
}

/** What is held on one matter and facet, or null. */
export const heldOn = (track: Track, matter: string, facet: Facet): HeldPosition | null => {
  const { headline, standing, openConflicts } = positionAt(track.positions, matter, facet)
  if (headline !== null)
    return {
      matter,
      facet,
      claim: headline,
      standing: standing.list(),
      entailedFrom: null,
      contestedBy: contestedBy(openConflicts, headline),
      exceptions: exceptionsTo(track, headline),
    }
  const entailed = entailedOn(track.positions, levelsOf(track.matters), matter, facet)
  if (entailed === null) return null
  const { claim, from } = entailed
  const contested = contestedBy(openConflicts, claim)
  return { matter, facet, claim, standing: NONE, entailedFrom: from, contestedBy: contested, exceptions: NONE }
}

/** Whether two are made of the same: then they come to the same position. */
export const sameHeld = (a: HeldPosition, b: HeldPosition): boolean =>
  a.claim === b.claim &&
  a.entailedFrom === b.entailedFrom &&
  sameItems(a.standing, b.standing) &&
  sameItems(a.contestedBy, b.contestedBy) &&
  sameItems(a.exceptions, b.exceptions)

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index])

export const positionOf = ({ matter, facet, claim, standing, ...held }: HeldPosition): Position => ({
  matter,
  facet,
  value: claim.value,
  statement: claim.statement,
  scope: claim.stance.scope ?? null,
  condition: claim.stance.condition ?? null,
  implied: claim.implied,
  authority: claim.authority,
  said: { earliest: claim.earliest, latest: claim.latest },
  published: claim.published,
  validFrom: claim.latest,
  contestedBy: held.contestedBy,
  standing: standing.map(({ statement }) => statement).sort(ascending),
  standingClaims: standing.map(standingClaim),
  entailedFrom: held.entailedFrom,
  exceptions: held.exceptions,
})

export interface AffectedPosition {
  readonly matter: string
  readonly facet: Facet
  readonly position: Position | null
}

/**
 * The positions that the track's last extension can have altered, as they are now: those it touched, and those that
 * entail, are entailed or list exceptions at other levels. By matter, then facet.
 */
export const affectedPositions = (track: Track): AffectedPosition[] => {
  const levels = levelsOf(track.matters)
  return FACETS.flatMap((facet) => {
    const touched = track.delta.touched.filter((one) => one.facet === facet).map(({ matter }) => matter)
    const related = touched.flatMap((matter) =>
      [...levels.broaderLevels(matter), ...levels.narrowerLevels(matter)].flat(),
    )
    return [...new Set([...touched, ...related])].map((matter) => ({
      matter,
      facet,
      position: positionOn(track, matter, facet),
    }))
  }).sort((a, b) => ascending(a.matter, b.matter) || ascending(a.facet, b.facet))
}

const NONE: readonly never[] = []

const contestedBy = (openConflicts: DirectPosition['openConflicts'], headline: Claim): readonly string[] => {
  if (openConflicts.every((conflicts) => conflicts.length === 0)) return NONE
  const statements = new Set(openConflicts.flat().flatMap(({ conflict }) => conflict.statements))
  statements.delete(headline.statement)
  return [...statements].sort(ascending)
}

const standingClaim = ({ statement, value, stance }: Claim): StandingClaim => ({
  statement,
  value,
  scope: stance.scope ?? null,
  condition: stance.condition ?? null,
})

/** What is said otherwise of a part of what is denied, refused or disapproved as a whole. */
const exceptionsTo = (track: Track, headline: Claim): readonly string[] => {
  if (headline.sign >= 0) return NONE
  return levelsOf(track.matters)
    .narrowerLevels(headline.matter)
    .flat()
    .filter((matter) => {
      const other = track.positions[headline.facet].get(matter)?.headline
      return other && other.value !== headline.value && overlap(other.extent, headline.extent)
    })
}
