import type { Role } from '#libs/contracts/vocabulary.js'
import type { DirectPosition } from './direct-position.js'
import { freezePosition, mayFreeze, thawPosition } from './freeze-position.js'

/** The direct positions of a track on one facet, by matter. */
export interface PositionsByMatter {
  get(matter: string): DirectPosition | undefined
  keys(): Iterable<string>
  values(): Iterable<DirectPosition>
  entries(): Iterable<readonly [matter: string, position: DirectPosition]>
}

/** Keeps texts by key. */
export interface TextShelf {
  readonly size: number
  /** @param texts  of keys that it does not hold */
  put(texts: readonly (readonly [key: string, text: string])[]): void
  /** @returns the text, which it no longer holds; undefined where it does not hold it */
  take(key: string): string | undefined
  keys(): Iterable<string>
  entries(): Iterable<readonly [key: string, text: string]>
}

/** The plain one. */
class TextMap implements TextShelf {
  readonly #texts = new Map<string, string>()

  get size(): number {
    return this.#texts.size
  }

  put(texts: readonly (readonly [key: string, text: string])[]): void {
    for (const [key, text] of texts) this.#texts.set(key, text)
  }

  take(key: string): string | undefined {
    const text = this.#texts.get(key)
    this.#texts.delete(key)
    return text
  }

  keys(): Iterable<string> {
    return this.#texts.keys()
  }

  entries(): Iterable<readonly [string, string]> {
    return this.#texts
  }
}

/**
 * Positions that are changed in place, for tracks that may have thousands of them: copying them for each claim would cost
 * more than folding it. Those that nobody has moved for long can be frozen, to a quarter of the memory or less; whoever
 * asks for one thaws it.
 */
export class PositionTable implements PositionsByMatter {
  readonly #warm = new Map<string, DirectPosition>()
  readonly #frozen: TextShelf

  constructor(frozen: TextShelf = new TextMap()) {
    this.#frozen = frozen
  }

  get warmCount(): number {
    return this.#warm.size
  }

  get frozenCount(): number {
    return this.#frozen.size
  }

  get(matter: string): DirectPosition | undefined {
    const known = this.#warm.get(matter)
    if (known !== undefined || this.#frozen.size === 0) return known
    const frozen = this.#frozen.take(matter)
    if (frozen === undefined) return undefined
    const position = thawPosition(frozen)
    this.#warm.set(matter, position)
    return position
  }

  /** @param position  undefined: there is none any more */
  set(matter: string, position: DirectPosition | undefined): void {
    if (this.#frozen.size > 0) this.#frozen.take(matter)
    if (position === undefined) this.#warm.delete(matter)
    else this.#warm.set(matter, position)
  }

  /** @param frozen  by matter, as `frozen` gives them */
  putFrozen(frozen: readonly (readonly [matter: string, frozen: string])[]): void {
    this.#frozen.put(frozen)
  }

  /** @param isQuiet  whether nobody is going to put an earlier state of it back @returns which were frozen */
  freeze(isQuiet: (matter: string) => boolean, roleIn: (matter: string) => Role): string[] {
    const quiet = [...this.#warm.values()].filter((position) => isQuiet(position.matter) && mayFreeze(position))
    for (const { matter } of quiet) this.#warm.delete(matter)
    this.#frozen.put(quiet.map((position) => [position.matter, freezePosition(position, roleIn(position.matter))]))
    return quiet.map(({ matter }) => matter)
  }

  /** As they are kept, by matter. */
  frozen(): Iterable<readonly [matter: string, frozen: string]> {
    return this.#frozen.entries()
  }

  warm(): Iterable<DirectPosition> {
    return this.#warm.values()
  }

  *keys(): Iterable<string> {
    yield* this.#warm.keys()
    yield* this.#frozen.keys()
  }

  *values(): Iterable<DirectPosition> {
    yield* this.#warm.values()
    for (const [, frozen] of this.#frozen.entries()) yield thawPosition(frozen)
  }

  *entries(): Iterable<readonly [string, DirectPosition]> {
    for (const position of this.values()) yield [position.matter, position]
  }
}
