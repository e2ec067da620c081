/** Keeps texts by key. */
export interface TextShelf {
  readonly size: number
  /** @param texts  of keys that it does not hold */
  put(texts: readonly (readonly [key: string, text: string])[]): void
  /** @returns the text, which it no longer holds; undefined where it does not hold it */
  take(key: string): string | undefined
  keys(): Iterable<string>
  entries(): Iterable<readonly [key: string, text: string]>
  /** Takes all of them, one after the other; what was not asked for stays. */
  drain(): Iterable<readonly [key: string, text: string]>
}

/** The plain one. */
export class TextMap implements TextShelf {
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

  drain(): Iterable<readonly [string, string]> {
    return drained(this.#texts)
  }
}

/** Takes the entries out of a map, one after the other. */
function* drained<Value>(map: Map<string, Value>): Iterable<readonly [string, Value]> {
  for (const entry of map) {
    map.delete(entry[0])
    yield entry
  }
}

/** A map whose values can be frozen to text, to a quarter of the memory or less; whoever asks for one thaws it. */
export class FreezableMap<Value> {
  readonly #warm = new Map<string, Value>()
  readonly #frozen: TextShelf
  readonly #thaw: (text: string) => Value

  /** @param frozen  where frozen values are kept; empty */
  constructor(frozen: TextShelf, thaw: (text: string) => Value) {
    this.#frozen = frozen
    this.#thaw = thaw
  }

  get warmCount(): number {
    return this.#warm.size
  }

  get frozenCount(): number {
    return this.#frozen.size
  }

  get(key: string): Value | undefined {
    const known = this.#warm.get(key)
    if (known !== undefined || this.#frozen.size === 0) return known
    const frozen = this.#frozen.take(key)
    if (frozen === undefined) return undefined
    const value = this.#thaw(frozen)
    this.#warm.set(key, value)
    return value
  }

  set(key: string, value: Value): void {
    if (this.#frozen.size > 0) this.#frozen.take(key)
    this.#warm.set(key, value)
  }

  delete(key: string): void {
    if (this.#frozen.size > 0) this.#frozen.take(key)
    this.#warm.delete(key)
  }

  /** Freezes those of the values that it holds as such. @param frozenOf  what the map's `thaw` makes the value of again */
  freeze(keys: readonly string[], frozenOf: (value: Value) => string): void {
    const texts: [string, string][] = []
    for (const key of keys) {
      const value = this.#warm.get(key)
      if (value === undefined) continue
      this.#warm.delete(key)
      texts.push([key, frozenOf(value)])
    }
    this.#frozen.put(texts)
  }

  /** @param frozen  as `frozen` gives them */
  putFrozen(frozen: readonly (readonly [key: string, frozen: string])[]): void {
    this.#frozen.put(frozen)
  }

  /** As they are kept. */
  frozen(): Iterable<readonly [key: string, frozen: string]> {
    return this.#frozen.entries()
  }

  warm(): Iterable<Value> {
    return this.#warm.values()
  }

  *keys(): Iterable<string> {
    yield* this.#warm.keys()
    yield* this.#frozen.keys()
  }

  *entries(): Iterable<readonly [key: string, value: Value]> {
    yield* this.#warm
    for (const [key, frozen] of this.#frozen.entries()) yield [key, this.#thaw(frozen)]
  }

  *values(): Iterable<Value> {
    yield* this.#warm.values()
    for (const [, frozen] of this.#frozen.entries()) yield this.#thaw(frozen)
  }

  /** Takes all values out, one after the other, the frozen ones first; what was not asked for stays. */
  *drain(): Iterable<Value> {
    for (const [, frozen] of this.#frozen.drain()) yield this.#thaw(frozen)
    for (const [, value] of drained(this.#warm)) yield value
  }
}
