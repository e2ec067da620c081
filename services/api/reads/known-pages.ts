import { LRUCache } from 'lru-cache'
import { prepareText, type PreparedText } from '../formats/prepared-text.js'
import { PAGE_ITEMS_DEFAULT, pageText, type PageRead } from './read-page.js'
import { VERSION_CHARACTERS } from './shared-pages.sql.js'

/**
 * What was read of lists whose items cannot change without another revision: to write it once more takes Postgres most of a
 * page's time. Pages as they were sent; and items, for pages of which one has changed, or that begin elsewhere.
 */
export interface KnownPages {
  /**
   * @param versions of the items of the page and the one behind them
   * @returns undefined where one of them is not known
   */
  pageOf(generation: number, versions: string, cursorOf: CursorOf): PageRead | undefined
  /** Remembers a page that was read. @param bodies as many as there are versions */
  keep(generation: number, versions: string, bodies: readonly string[], cursorOf: CursorOf): PageRead
}

/** The cursor that leads behind an item. */
export type CursorOf = (body: string, version: string) => string

export interface KnownPagesOptions {
  /** About 500 bytes each. */
  readonly itemsMax?: number
  /** About 20 kB each. */
  readonly pagesMax?: number
}

export const openKnownPages = ({ itemsMax = 50_000, pagesMax = 1_000 }: KnownPagesOptions = {}): KnownPages => {
  const items = new LRUCache<string, KnownItem>({ max: itemsMax })
  const pages = new LRUCache<string, KnownPage>({ max: pagesMax })
  const bodiesOf = (generation: number, versions: readonly string[]): string[] | undefined => {
    const bodies: string[] = []
    for (const version of versions) {
      const item = items.get(version)
      if (item?.generation !== generation) return undefined
      bodies.push(item.body)
    }
    return bodies
  }
  const keepPage = (generation: number, joined: string, page: PageRead): KnownPage => {
    const known = new KnownPage(generation, page)
    pages.set(joined, known)
    return known
  }
  return {
    pageOf: (generation, joined, cursorOf) => {
      const known = pages.get(joined)
      if (known?.generation === generation) return known
      const versions = versionsIn(joined)
      const bodies = bodiesOf(generation, versions)
      if (bodies === undefined) return undefined
      return keepPage(generation, joined, pageOfBodies(bodies, versions, cursorOf))
    },
    keep: (generation, joined, bodies, cursorOf) => {
      const versions = versionsIn(joined)
      for (const [index, version] of versions.entries())
        items.set(ownText(version), { generation, body: ownText(bodies[index] ?? '') })
      return keepPage(generation, joined, pageOfBodies(bodies, versions, cursorOf))
    },
  }
}

interface KnownItem {
  readonly generation: number
  readonly body: string
}

/** A page that is kept as the bytes that are sent, and as nothing else: its texts are for who asks for CSV. */
class KnownPage implements PageRead {
  readonly generation: number
  readonly count: number
  readonly next: string | null
  readonly prepared: PreparedText
  constructor(generation: number, { body, count, next }: PageRead) {
    this.generation = generation
    this.count = count
    this.next = next
    this.prepared = prepareText(body)
  }
  get body(): string {
    return String(this.prepared.bytes)
  }
  get items(): string {
    return this.body.slice(ITEMS_FROM, this.body.lastIndexOf('],"next":'))
  }
}

const ITEMS_FROM = '{"items":['.length

const pageOfBodies = (bodies: readonly string[], versions: readonly string[], cursorOf: CursorOf): PageRead => {
  const page = bodies.slice(0, PAGE_ITEMS_DEFAULT)
  const last = page.length - 1
  const next = bodies.length > page.length ? cursorOf(page[last] ?? '', versions[last] ?? '') : null
  const items = page.join(',')
  return { body: pageText([items], next), items, count: page.length, next }
}

const versionsIn = (joined: string): string[] => {
  const versions: string[] = []
  for (let at = 0; at < joined.length; at += VERSION_CHARACTERS)
    versions.push(joined.slice(at, at + VERSION_CHARACTERS))
  return versions
}

/** A part of a longer text keeps the whole of it in memory; a copy does not. */
const ownText = (part: string): string => Buffer.from(part, 'utf8').toString('utf8')
