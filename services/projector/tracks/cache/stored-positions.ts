import type { ConditionStatus } from '#libs/ledger/conditions.js'
import type { HeldPosition } from '#libs/ledger/positions.js'
import { DeflatedTexts } from './deflated-texts.js'
import type { RowDigest } from '../row-digest.js'

export interface StoredPosition extends RowDigest {
  /** Key of the position that the headline's condition depends on. */
  readonly dependsOn: string | null
  /** What it was made of, as far as this process has folded it: while that is the same, nothing need be rendered. */
  readonly held: HeldPosition | null
  readonly conditionState: ConditionStatus | null
}

/** What the database holds of a track's positions, by `positionKey`. Those that are quiet are kept as text. */
export class StoredPositions {
  readonly #warm = new Map<string, StoredPosition>()
  readonly #frozen = new DeflatedTexts()
  /** What those that depend on another one depend on. */
  readonly #dependsOn = new Map<string, string>()

  get size(): number {
    return this.#warm.size + this.#frozen.size
  }

  get warmCount(): number {
    return this.#warm.size
  }

  get(key: string): StoredPosition | undefined {
    const known = this.#warm.get(key)
    if (known !== undefined || this.#frozen.size === 0) return known
    const frozen = this.#frozen.take(key)
    if (frozen === undefined) return undefined
    const position = thawed(frozen)
    this.#warm.set(key, position)
    return position
  }

  set(key: string, position: StoredPosition): void {
    if (this.#frozen.size > 0) this.#frozen.take(key)
    this.#warm.set(key, position)
    if (position.dependsOn === null) this.#dependsOn.delete(key)
    else this.#dependsOn.set(key, position.dependsOn)
  }

  delete(key: string): void {
    if (this.#frozen.size > 0) this.#frozen.take(key)
    this.#warm.delete(key)
    this.#dependsOn.delete(key)
  }

  freeze(keys: readonly string[]): void {
    const texts: [string, string][] = []
    for (const key of keys) {
      const position = this.#warm.get(key)
      if (position === undefined) continue
      this.#warm.delete(key)
      texts.push([key, frozenText(position)])
    }
    this.#frozen.put(texts)
  }

  /** Keys of the positions that hang on one of these by a condition. */
  dependingOn(keys: ReadonlySet<string>): string[] {
    if (this.#dependsOn.size === 0) return []
    return [...this.#dependsOn].filter(([, dependsOn]) => keys.has(dependsOn)).map(([key]) => key)
  }

  *keys(): Iterable<string> {
    yield* this.#warm.keys()
    yield* this.#frozen.keys()
  }

  *entries(): Iterable<readonly [key: string, position: StoredPosition]> {
    yield* this.#warm
    for (const [key, frozen] of this.#frozen.entries()) yield [key, thawed(frozen)]
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
