import type { PreparedText } from '../formats/prepared-text.js'
import type { CursorCodec } from './cursors.js'
import { pageSql, type PageColumns, type PageQuery, type PageShape } from './page-query.js'
import type { GenerationQuery, LedgerReads, LiveRow } from './snapshot.js'

export interface PageRequest<Filter extends string> {
  readonly filters: Partial<Record<Filter, unknown>>
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface PageRead {
  /** The page as JSON text: `{"items":[…],"next":…}`. */
  readonly body: string
  /** Its items, separated by commas. */
  readonly items: string
  readonly count: number
  readonly next: string | null
  /** The body, where it has been sent before. */
  readonly prepared?: PreparedText
}

/** Items a page where the caller does not say. */
export const PAGE_ITEMS_DEFAULT = 50

/** Reads one page by itself. @throws LedgerError CURSOR_INVALID */
export const readPage = async <Filter extends string>(
  reads: Pick<LedgerReads, 'query'>,
  list: PageQuery<Filter>,
  codec: CursorCodec<readonly string[]>,
  request: PageRequest<Filter>,
): Promise<PageRead> => {
  const after = request.cursor === undefined ? [] : codec.decode(request.cursor)
  const given = givenFilters(request.filters)
  const query = pageStatement(
    list,
    given.map(([filter]) => filter),
    { limit: request.limit, continued: after.length > 0 },
  )
  const [row] = await reads.query<LiveRow & PageColumns>(query, [...given.map(([, value]) => value), ...after])
  if (!row) throw new Error('a page query always returns its row')
  return pageReadOf(row, codec, request.limit)
}

/** JSON of one item has no line break: that within a text is escaped. */
export const pageReadOf = (
  { items: lines, count, last }: PageColumns,
  codec: CursorCodec<readonly string[]>,
  limit: number,
): PageRead => {
  const items = (count > limit ? lines.slice(0, lines.lastIndexOf('\n')) : lines).replaceAll('\n', ',')
  const next = last === null ? null : codec.encode(last)
  return { body: pageText([items], next), items, count: Math.min(count, limit), next }
}

export const givenFilters = <Filter extends string>(filters: Partial<Record<Filter, unknown>>) =>
  Object.entries(filters).filter(([, value]) => value !== undefined) as [Filter, unknown][]

/** @param items JSON texts, one an item or several with commas between */
export const pageText = (items: readonly string[], next: string | null): string =>
  `{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`

/**
 * Pages of the usual length are prepared: planning one takes Postgres longer than reading it. The limit is in the text,
 * since a plan for any limit would be one for a tenth of the table.
 */
const pageStatement = <Filter extends string>(
  list: PageQuery<Filter>,
  filters: readonly Filter[],
  shape: PageShape,
): GenerationQuery => {
  const text = pageSql(list, filters, shape)
  if (shape.limit !== PAGE_ITEMS_DEFAULT) return { text }
  const key = `${list.table} ${String(shape.continued)} ${filters.join(' ')}`
  const known = preparedAs.get(key)
  if (known === undefined && preparedAs.size >= PREPARED_MAX) return { text }
  const name = known ?? `page-${preparedAs.size}`
  preparedAs.set(key, name)
  return { name, text }
}

/** Each connection keeps the plan of each: the combinations of filters that are asked for first, which are few. */
const PREPARED_MAX = 200
/** Numbered, since Postgres tells statements apart by 63 characters of their names, which a few filters fill. */
const preparedAs = new Map<string, string>()
