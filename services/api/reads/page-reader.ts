import type { CursorCodec } from './cursors.js'
import { gathered } from './gather.js'
import { openKnownPages, type CursorOf, type KnownPages } from './known-pages.js'
import type { PageColumns, PageQuery, RevisedItems } from './page-query.js'
import { givenFilters, PAGE_ITEMS_DEFAULT, pageReadOf, readPage, type PageRead, type PageRequest } from './read-page.js'
import { sharedBodiesSql, sharedPagesSql, sharedVersionsSql, trackOrderIn } from './shared-pages.sql.js'
import { queriesIn, type GenerationQuery, type LedgerReads, type LiveRow, type Snapshot } from './snapshot.js'

/** Reads pages of lists. */
export interface PageReader {
  /** @throws LedgerError CURSOR_INVALID */
  read<Filter extends string>(
    list: PageQuery<Filter>,
    codec: CursorCodec<readonly string[]>,
    request: PageRequest<Filter>,
  ): Promise<PageRead>
}

/** Pages of one snapshot, each by itself. */
export const pagesIn = (snapshot: Snapshot): PageReader => ({
  read: (list, codec, request) => readPage(queriesIn(snapshot), list, codec, request),
})

/** Pages of the usual length that are a walk along an index share queries; what is revised is remembered. */
export const openPageReader = (reads: LedgerReads, known: KnownPages = openKnownPages()): PageReader => {
  const readers = new Map<string, SharedReader>()
  const readerOf = (
    list: PageQuery<string>,
    filters: readonly string[],
    rest: Pick<PageKind, 'codec' | 'continued'>,
  ) => {
    const key = `${list.table} ${String(rest.continued)} ${filters.join(' ')}`
    const opened = readers.get(key)
    if (opened !== undefined) return opened
    const kind = { reads, known, list, filters, ...rest, name: `pages-${readers.size}` }
    const revised = list.shared?.revised
    const reader = revised === undefined ? openSharedReader(kind) : openRevisedReader(kind, revised)
    readers.set(key, reader)
    return reader
  }
  return {
    read: async (list, codec, request) => {
      const given = givenFilters(request.filters)
      if (!isShared(list, given, request.limit)) return readPage(reads, list, codec, request)
      const filters = given.map(([filter]) => filter)
      const after = request.cursor === undefined ? [] : codec.decode(request.cursor)
      const reader = readerOf(list, filters, { codec, continued: after.length > 0 })
      return reader({ filters: given.map(([, value]) => value), after })
    },
  }
}

const isShared = <Filter extends string>(
  { shared }: Pick<PageQuery<Filter>, 'shared'>,
  given: readonly (readonly [Filter, unknown])[],
  limit: number,
): boolean =>
  shared !== undefined &&
  limit === PAGE_ITEMS_DEFAULT &&
  given.every(([filter]) => shared.filters[filter] !== undefined)

/** A query of this many pages takes about a millisecond; those behind it have other connections. */
const GATHERED_MAX = 8

interface SharedPage {
  readonly filters: readonly unknown[]
  /** The key behind which it begins; [] for the first page. */
  readonly after: readonly string[]
}

type SharedReader = (page: SharedPage) => Promise<PageRead>

/** A kind of page: of one list, by the same filters. */
interface PageKind {
  readonly reads: LedgerReads
  readonly known: KnownPages
  readonly list: PageQuery<string>
  readonly codec: CursorCodec<readonly string[]>
  readonly filters: readonly string[]
  readonly continued: boolean
  /** Of its prepared statements. */
  readonly name: string
}

const openSharedReader = (kind: PageKind): SharedReader => {
  const { reads, list, codec, filters, name } = kind
  const text = sharedPagesSql(list, filters, shapeOf(kind))
  const readShared = gatheredPages<PageColumns>(reads, { name, text })
  return async (page) => pageReadOf(await readShared(page), codec, PAGE_ITEMS_DEFAULT)
}

interface VersionsRow {
  versions: string
}

interface BodiesRow extends VersionsRow {
  bodies: string
}

/**
 * Asks what stands on a page, which is cheap, and puts it together from what is remembered. If anything is not, the page
 * is read anew, whole: so each page is of one snapshot.
 */
const openRevisedReader = (kind: PageKind, { keyOf }: RevisedItems): SharedReader => {
  const { reads, known, list, codec, filters, name } = kind
  const versionsQuery = { name, text: sharedVersionsSql(list, filters, shapeOf(kind)) }
  const bodiesQuery = { name: `${name}-bodies`, text: sharedBodiesSql(list, filters, shapeOf(kind)) }
  const readVersions = gatheredPages<VersionsRow>(reads, versionsQuery)
  const readBodies = gatheredPages<BodiesRow>(reads, bodiesQuery)
  const cursorOf: CursorOf = (body, version) => codec.encode(keyOf(JSON.parse(body) as never, trackOrderIn(version)))
  return async (page) => {
    const { live, versions } = await readVersions(page)
    const found = known.pageOf(live, versions, cursorOf)
    if (found !== undefined) return found
    const read = await readBodies(page)
    return known.keep(read.live, read.versions, read.bodies === '' ? [] : read.bodies.split('\n'), cursorOf)
  }
}

const shapeOf = ({ continued }: PageKind) => ({ limit: PAGE_ITEMS_DEFAULT, continued })

/** A row of each page, of those asked for in one turn by one query. */
const gatheredPages = <Columns extends object>(reads: LedgerReads, query: GenerationQuery) =>
  gathered((pages: readonly SharedPage[]) => readAll<Columns>(reads, query, pages), GATHERED_MAX)

/** @returns rows in the order of the pages */
const readAll = async <Columns extends object>(
  reads: LedgerReads,
  query: GenerationQuery,
  pages: readonly SharedPage[],
): Promise<(Columns & LiveRow)[]> => {
  const rows = await reads.query<Columns & LiveRow & { place: number }>(query, [JSON.stringify(pages.map(askedOf))])
  const placed: (Columns & LiveRow)[] = []
  for (const row of rows) placed[row.place] = row
  return placed
}

/** The columns that shared-pages.sql.ts names. */
const askedOf = ({ filters, after }: SharedPage, place: number): Record<string, unknown> => {
  const asked: Record<string, unknown> = { place }
  filters.forEach((value, index) => (asked[`filter_${index}`] = value))
  after.forEach((part, index) => (asked[`after_${index}`] = part))
  return asked
}
