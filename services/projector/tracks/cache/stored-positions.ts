import type { ConditionStatus } from '#libs/ledger/conditions.js'
import { FreezableMap } from '#libs/ledger/freezable-map.js'
import type { HeldPosition } from '#libs/ledger/positions.js'
import type { RowDigest } from '../row-digest.js'
import { DeflatedTexts } from '../../frozen/deflated-texts.js'

export interface StoredPosition extends RowDigest {
  /** Key of the position that the headline's condition depends on. */
  readonly dependsOn: string | null
  /** What it was made of, as far as this process has folded it: while that is the same, nothing need be rendered. */
  readonly held: HeldPosition | null
  readonly conditionState: ConditionStatus | null
}

/** What the database holds of a track's positions, by `positionKey`. */
export class StoredPositions extends FreezableMap<StoredPosition> {
  /** What those that depend on another one depend on. */
  readonly #dependsOn = new Map<string, string>()

  constructor() {
    super(new DeflatedTexts(), thawed)
  }

  override set(key: string, position: StoredPosition): void {
    super.set(key, position)
    if (position.dependsOn === null) this.#dependsOn.delete(key)
    else this.#dependsOn.set(key, position.dependsOn)
  }

  override delete(key: string): void {
    super.delete(key)
    this.#dependsOn.delete(key)
  }

  /** Those that are quiet. What they were made of is let go of. */
  freezeQuiet(keys: readonly string[]): void {
    this.freeze(keys, frozenText)
  }

  /** Keys of the positions that hang on one of these by a condition. */
  dependingOn(keys: ReadonlySet<string>): string[] {
    if (this.#dependsOn.size === 0) return []
    return [...this.#dependsOn].filter(([, dependsOn]) => keys.has(dependsOn)).map(([key]) => key)
  }
}

type Frozen = [
  high: number,
  middle: number,
  low: number,
  dependsOn: string | null,
  conditionState: ConditionStatus | null,
]

const frozenText = ({ high, middle, low, dependsOn, conditionState }: StoredPosition): string =>
  JSON.stringify([high, middle, low, dependsOn, conditionState] satisfies Frozen)

const thawed = (text: string): StoredPosition => {
  const [high, middle, low, dependsOn, conditionState] = JSON.parse(text) as Frozen
  return { high, middle, low, dependsOn, held: null, conditionState }
}
