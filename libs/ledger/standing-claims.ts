import type { Claim } from './claim.js'
import { overlap, type Extent } from './scope.js'

/**
 * The standing claims of one position. Their scopes are disjoint, so among those of one item class and end use no two
 * windows meet, and the claims that a scope overlaps are found by search: an actor may report a new day every day for
 * thirty years. Nearly all positions have one or two, though, and these are looked through without an index. Changed in
 * place while a draft is folded; never after.
 */
export class StandingClaims {
  /** In the order in which they came to stand. */
  #inOrder: Standing[]
  /** By item class, then end use, then by window; null as long as there are few. */
  #byWindow: ByWindow | null
  #nextPlace: number

  constructor(other?: StandingClaims) {
    this.#inOrder = other ? other.#inOrder.slice() : []
    this.#byWindow = other && other.#byWindow !== null ? copyOf(other.#byWindow) : null
    this.#nextPlace = other ? other.#nextPlace : 0
  }

  get size(): number {
    return this.#inOrder.length
  }

  /** All, in the order in which they came to stand. */
  list(): Claim[] {
    return this.#inOrder.map(({ claim }) => claim)
  }

  /** The last to have come to stand. */
  last(): Claim | null {
    return this.#inOrder.at(-1)?.claim ?? null
  }

  /** Those whose scope overlaps, in the order in which they came to stand. */
  overlapping(extent: Extent): Claim[] {
    if (this.#byWindow === null)
      return this.#inOrder.filter(({ claim }) => overlap(claim.extent, extent)).map(({ claim }) => claim)
    const found: Standing[] = []
    for (const byEndUse of compatible(this.#byWindow, extent.itemClass))
      for (const row of compatible(byEndUse, extent.endUse)) collectOverlapping(row, extent, found)
    if (found.length > 1) found.sort((a, b) => a.place - b.place)
    return found.map(({ claim }) => claim)
  }

  /** @param claim  overlaps none that stands */
  add(claim: Claim): void {
    const standing = { claim, place: this.#nextPlace++ }
    // an array that is pushed to holds room for sixteen more, and nearly all of these stay at one or two
    if (this.#inOrder.length < UNINDEXED_MAX) this.#inOrder = this.#inOrder.concat(standing)
    else this.#inOrder.push(standing)
    if (this.#byWindow !== null) insert(this.#byWindow, standing)
    else if (this.#inOrder.length > UNINDEXED_MAX) this.#byWindow = indexOf(this.#inOrder)
  }

  /** @param claim  stands */
  remove(claim: Claim): void {
    if (this.#byWindow === null) {
      const index = this.#inOrder.findIndex((standing) => standing.claim === claim)
      if (index === -1) throw new Error(NOT_STANDING)
      this.#inOrder.splice(index, 1)
      return
    }
    const row = rowOf(this.#byWindow, claim.extent)
    const [removed] = row.splice(firstEndingFrom(row, claim.extent.from), 1)
    if (removed?.claim !== claim) throw new Error(NOT_STANDING)
    this.#inOrder.splice(
      firstIndex(this.#inOrder, ({ place }) => place >= removed.place),
      1,
    )
  }
}

const NOT_STANDING = 'only a claim that stands can cease to'

/** Up to these many a look at each costs less than an index, which is made, copied and kept. */
const UNINDEXED_MAX = 8

interface Standing {
  readonly claim: Claim
  readonly place: number
}

type ByWindow = Map<string | undefined, Map<string | undefined, Standing[]>>

const copyOf = (byWindow: ByWindow): ByWindow =>
  new Map(
    [...byWindow].map(([itemClass, byEndUse]) => [
      itemClass,
      new Map([...byEndUse].map(([endUse, row]) => [endUse, row.slice()])),
    ]),
  )

const indexOf = (all: readonly Standing[]): ByWindow => {
  const byWindow: ByWindow = new Map()
  for (const standing of all) insert(byWindow, standing)
  return byWindow
}

const insert = (byWindow: ByWindow, standing: Standing): void => {
  const { extent } = standing.claim
  const row = rowOf(byWindow, extent)
  row.splice(firstEndingFrom(row, extent.from), 0, standing)
}

const rowOf = (byWindow: ByWindow, { itemClass, endUse }: Extent): Standing[] => {
  const byEndUse = byWindow.get(itemClass) ?? new Map<string | undefined, Standing[]>()
  const row = byEndUse.get(endUse) ?? []
  byWindow.set(itemClass, byEndUse.set(endUse, row))
  return row
}

/** What is absent overlaps everything; what is given overlaps itself and what is absent. */
const compatible = <Part>(parts: ReadonlyMap<string | undefined, Part>, given: string | undefined): Iterable<Part> =>
  given === undefined ? parts.values() : [parts.get(given), parts.get(undefined)].filter((part) => part !== undefined)

const collectOverlapping = (row: readonly Standing[], extent: Extent, found: Standing[]): void => {
  for (let index = firstEndingFrom(row, extent.from); index < row.length; index++) {
    const standing = row[index]
    if (standing === undefined || standing.claim.extent.from > extent.until) return
    found.push(standing)
  }
}

/** Windows of a row do not meet, so they lie in the same order by their ends as by their beginnings. */
const firstEndingFrom = (row: readonly Standing[], from: number): number =>
  firstIndex(row, ({ claim }) => claim.extent.until >= from)

/** The first index at which something holds that holds for all after it; the length where it never does. */
const firstIndex = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number => {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    if (item === undefined || holds(item)) high = middle
    else low = middle + 1
  }
  return low
}
