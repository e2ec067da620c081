import { LRUCache } from 'lru-cache'
import { VERSION_CHARACTERS } from './shared-pages.sql.js'

/** An item as it was read: it cannot change without another revision. */
export interface KnownItem {
  readonly body: string
  /** The cursor that leads behind it. */
  readonly cursor: string
}

/** Items of lists, by generation, id and revision: what Postgres would take most of a page's time to write once more. */
export interface KnownBodies {
  /** @returns undefined where one of them is not known */
  itemsOf(generation: number, versions: string): readonly KnownItem[] | undefined
  remember(generation: number, version: string, item: KnownItem): void
}

/** About 750 bytes each. */
const ITEMS_MAX = 50_000

export const openKnownBodies = (itemsMax = ITEMS_MAX): KnownBodies => {
  const known = new LRUCache<string, KnownItem & { readonly generation: number }>({ max: itemsMax })
  return {
    itemsOf: (generation, versions) => {
      const items: KnownItem[] = []
      for (let at = 0; at < versions.length; at += VERSION_CHARACTERS) {
        const item = known.get(versions.slice(at, at + VERSION_CHARACTERS))
        if (item?.generation !== generation) return undefined
        items.push(item)
      }
      return items
    },
    remember: (generation, version, { body, cursor }) => {
      known.set(version, { generation, body, cursor })
    },
  }
}
