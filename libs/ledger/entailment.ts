import type { Facet } from '#libs/contracts/vocabulary.js'
import type { Claim } from './claim.js'
import type { Level, MatterLevels } from './matter-levels.js'
import type { DirectPositions } from './track-state.js'

/** What an actor holds on a matter that it has not spoken of, because of what it holds at another level. */
export interface Entailed {
  /** The headline at the other level, whose value, scope and authority it inherits. */
  readonly claim: Claim
  readonly from: string
  readonly direction: 'from narrower' | 'from broader'
}

/**
 * What the positions at other levels entail for a matter without direct position (docs/design.md 6.7): a fact that
 * holds of a part holds of the whole; what is denied, refused or disapproved of the whole is so of each part.
 */
export const entailedOn = (
  positions: DirectPositions,
  levels: MatterLevels,
  matter: string,
  facet: Facet,
): Entailed | null =>
  (facet === 'FACT' ? fromNarrower(positions, levels, matter) : null) ?? fromBroader(positions, levels, matter, facet)

const fromNarrower = (positions: DirectPositions, levels: MatterLevels, matter: string): Entailed | null => {
  for (const level of levels.narrowerLevels(matter)) {
    const positive = headlinesAt(positions, level, 'FACT').filter((claim) => claim.sign > 0)
    const latest = positive.reduce<Claim | null>((best, one) => (best && best.latest >= one.latest ? best : one), null)
    if (latest) return { claim: latest, from: latest.matter, direction: 'from narrower' }
  }
  return null
}

const fromBroader = (
  positions: DirectPositions,
  levels: MatterLevels,
  matter: string,
  facet: Facet,
): Entailed | null => {
  for (const level of levels.broaderLevels(matter)) {
    const [first] = headlinesAt(positions, level, facet)
    if (first === undefined) continue
    if (first.sign >= 0 || (facet === 'INTENT' && !levels.intentCarries(first.matter, matter))) return null
    return { claim: first, from: first.matter, direction: 'from broader' }
  }
  return null
}

/** Headlines of a level's direct positions, by matter. */
const headlinesAt = (positions: DirectPositions, level: Level, facet: Facet): Claim[] =>
  level.map((matter) => positions[facet].get(matter)?.headline ?? null).filter((headline) => headline !== null)
