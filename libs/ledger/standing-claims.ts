import type { Claim } from './claim.js'
import type { Extent } from './scope.js'

/**
 * The standing claims of one position. Their scopes are disjoint, so among those of one item class and end use no two
 * windows meet, and the claims that a scope overlaps are found by search: an actor may report a new day every day for
 * thirty years. Changed in place while a draft is folded; never after.
 */
export class StandingClaims {
  /** In the order in which they came to stand. */
  readonly #inOrder: Standing[]
  /** By item class, then end use, then by window. */
  readonly #byWindow: Map<string | undefined, Map<string | undefined, Standing[]>>
  #nextPlace: number

  constructor(other?: StandingClaims) {
    this.#inOrder = other ? other.#inOrder.slice() : []
    this.#byWindow = new Map()
    this.#nextPlace = other ? other.#nextPlace : 0
    if (other) for (const [itemClass, byEndUse] of other.#byWindow) this.#byWindow.set(itemClass, copyOf(byEndUse))
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
    const found: Standing[] = []
    for (const byEndUse of compatible(this.#byWindow, extent.itemClass))
      for (const row of compatible(byEndUse, extent.endUse)) collectOverlapping(row, extent, found)
    if (found.length > 1) found.sort((a, b) => a.place - b.place)
    return found.map(({ claim }) => claim)
  }

  /** @param claim  overlaps none that stands */
  add(claim: Claim): void {
    const standing = { claim, place: this.#nextPlace++ }
    const row = this.#rowOf(claim.extent)
    row.splice(firstEndingFrom(row, claim.extent.from), 0, standing)
    this.#inOrder.push(standing)
  }

  /** @param claim  stands */
  remove(claim: Claim): void {
    const row = this.#rowOf(claim.extent)
    const [removed] = row.splice(firstEndingFrom(row, claim.extent.from), 1)
    if (removed?.claim !== claim) throw new Error('only a claim that stands can cease to')
    this.#inOrder.splice(
      firstIndex(this.#inOrder, ({ place }) => place >= removed.place),
      1,
    )
  }

  #rowOf({ itemClass, endUse }: Extent): Standing[] {
    const byEndUse = this.#byWindow.get(itemClass) ?? new Map<string | undefined, Standing[]>()
    const row = byEndUse.get(endUse) ?? []
    this.#byWindow.set(itemClass, byEndUse.set(endUse, row))
    return row
  }
}

interface Standing {
  readonly claim: Claim
  readonly place: number
}

const copyOf = (byEndUse: ReadonlyMap<string | undefined, Standing[]>): Map<string | undefined, Standing[]> =>
  new Map([...byEndUse].map(([endUse, row]) => [endUse, row.slice()]))

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
