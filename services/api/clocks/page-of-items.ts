import type { CursorCodec } from '../reads/cursors.js'
import { pageText } from '../reads/read-page.js'

/** An item of a list that was folded for one read, with its place in the list's order. */
export interface PlacedItem<Item extends object = object, K extends readonly string[] = readonly string[]> {
  readonly key: K
  readonly item: Item
}

export interface ItemPage<Item> {
  /** The page as JSON text. */
  readonly body: string
  readonly items: readonly Item[]
  readonly next: string | null
}

/**
 * A page of such a list; ordered and continued like the list of stored bodies.
 * @param items in any order
 * @throws LedgerError CURSOR_INVALID
 */
export const pageOfItems = <Item extends object, K extends readonly string[]>(
  items: readonly PlacedItem<Item, K>[],
  codec: CursorCodec<K>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): ItemPage<Item> => {
  const after = cursor === undefined ? undefined : codec.decode(cursor)
  const rest = items
    .filter(({ key }) => after === undefined || compareKeys(key, after) > 0)
    .sort((a, b) => compareKeys(a.key, b.key))
  const page = rest.slice(0, limit)
  const last = rest.length > limit ? page.at(-1) : undefined
  const next = last === undefined ? null : codec.encode(last.key)
  const body = pageText(
    page.map(({ item }) => JSON.stringify(item)),
    next,
  )
  return { body, items: page.map(({ item }) => item), next }
}

/** All of them, in the order of the list. */
export const sortedItems = <Item extends object>(items: readonly PlacedItem<Item>[]): Item[] =>
  [...items].sort((a, b) => compareKeys(a.key, b.key)).map(({ item }) => item)

/** A number as a component of a key: sorts as text. */
export const keyNumber = (value: number): string => String(value).padStart(9, '0')

const compareKeys = (a: readonly string[], b: readonly string[]): number => {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? ''
    if (part !== other) return part < other ? -1 : 1
  }
  return 0
}
