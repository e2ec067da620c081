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
  const direct = positionAt(track.positions, matter, facet)
  if (direct.headline !== null) return directPosition(track, direct, direct.headline)
  const entailed = entailedOn(track.positions, levelsOf(track.matters), matter, facet)
  if (entailed === null) return null
  return { ...headlineFields(direct, entailed.claim), ...NOTHING_STANDS, entailedFrom: entailed.from, exceptions: [] }
}

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

const NOTHING_STANDS = { standing: [], standingClaims: [] }

const directPosition = (track: Track, direct: Readonly<DirectPosition>, headline: Claim): Position => ({
  ...headlineFields(direct, headline),
  standing: direct.standing
    .list()
    .map(({ statement }) => statement)
    .sort(ascending),
  standingClaims: direct.standing.list().map(standingClaim),
  entailedFrom: null,
  exceptions: exceptionsTo(track, headline),
})

type HeadlineFields = Omit<Position, 'standing' | 'standingClaims' | 'entailedFrom' | 'exceptions'>

const headlineFields = (
  { matter, facet, openConflicts }: Readonly<DirectPosition>,
  headline: Claim,
): HeadlineFields => ({
  matter,
  facet,
  value: headline.value,
  statement: headline.statement,
  scope: headline.stance.scope ?? null,
  condition: headline.stance.condition ?? null,
  implied: headline.implied,
  authority: headline.authority,
  said: { earliest: headline.earliest, latest: headline.latest },
  published: headline.published,
  validFrom: headline.latest,
  contestedBy: contestedBy(openConflicts, headline),
})

const contestedBy = (openConflicts: DirectPosition['openConflicts'], headline: Claim): string[] => {
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
const exceptionsTo = (track: Track, headline: Claim): string[] => {
  if (headline.sign >= 0) return []
  return levelsOf(track.matters)
    .narrowerLevels(headline.matter)
    .flat()
    .filter((matter) => {
      const other = track.positions[headline.facet].get(matter)?.headline
      return other && other.value !== headline.value && overlap(other.extent, headline.extent)
    })
}
