import type { Role } from '#libs/contracts/vocabulary.js'
import type { DirectPosition } from './direct-position.js'
import { FreezableMap, TextMap, type TextShelf } from './freezable-map.js'
import { freezePosition, mayFreeze, thawPosition } from './freeze-position.js'

/** The direct positions of a track on one facet, by matter. */
export interface PositionsByMatter {
  get(matter: string): DirectPosition | undefined
  keys(): Iterable<string>
  values(): Iterable<DirectPosition>
  entries(): Iterable<readonly [matter: string, position: DirectPosition]>
}

/**
 * Positions that are changed in place, for tracks that may have thousands of them: copying them for each claim would cost
 * more than folding it. Those that nobody has moved for long can be frozen.
 */
export class PositionTable extends FreezableMap<DirectPosition> implements PositionsByMatter {
  constructor(frozen: TextShelf = new TextMap()) {
    super(frozen, thawPosition)
  }

  /** @param isQuiet  whether nobody is going to put an earlier state of it back @returns which were frozen */
  freezeQuiet(isQuiet: (matter: string) => boolean, roleIn: (matter: string) => Role): string[] {
    const quiet = [...this.warm()].filter((position) => isQuiet(position.matter) && mayFreeze(position))
    const matters = quiet.map(({ matter }) => matter)
    this.freeze(matters, (position) => freezePosition(position, roleIn(position.matter)))
    return matters
  }
}
