/** A stream of numbers that a seed decides: the same events on every machine. Not for secrets. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, bound). */
  below(bound: number): number
  chance(probability: number): boolean
}

/** Mulberry32: 32 bits of state, fast, and even enough for drawing test data. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    chance: (probability) => next() < probability,
  }
}

/**
 * Draws ranks 0 to count - 1 so that rank r comes up in proportion to 1 / (r + 1) ** exponent (Zipf): a few actors and
 * dossiers have most of the statements, as in the press.
 */
export function zipfRanks(count: number, exponent: number): (random: Random) => number {
  const upTo: number[] = []
  let total = 0
  for (let rank = 0; rank < count; rank++) upTo.push((total += 1 / (rank + 1) ** exponent))
  return (random) => {
    const drawn = random.next() * total
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((upTo[middle] ?? total) > drawn) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** A whole number that the given numbers decide, evenly spread over 32 bits: a fixed trait of a combination. */
export function traitOf(...parts: readonly number[]): number {
  let hash = 0x811c9dc5
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  }
  return (hash ^ (hash >>> 13)) >>> 0
}
