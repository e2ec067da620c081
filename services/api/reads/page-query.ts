import type { GenerationQuery, LedgerReads, LiveRow } from './snapshot.js'
import type { CursorCodec } from './cursors.js'

/**
 * A list that is served from bodies that were rendered when they were stored: Postgres puts the page together, one row
 * comes back, and nothing is parsed on the way.
 */
export interface PageQuery<Filter extends string> {
  readonly table: string
  /** JSON text of one item; default: the column body. */
  readonly body?: (schema: string) => string
  /** Columns that make up the order, the last ones unique; with the type to which a cursor's text is cast. */
  readonly order: readonly (readonly [column: string, type: string])[]
  /** What each filter asks, `$` standing for its value (but `$.` for itself: it begins a JSON path). */
  readonly conditions: Readonly<Record<Filter, string | ((schema: string) => string)>>
  /** Holds for every row that is served. */
  readonly always?: string
}

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
}

/** Items a page where the caller does not say. */
export const PAGE_ITEMS_DEFAULT = 50

/** Reads one page. @throws LedgerError CURSOR_INVALID */
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
  const [row] = await reads.query<PageRow>(query, [...given.map(([, value]) => value), ...after])
  if (!row) throw new Error('a page query always returns its row')
  const next = row.last === null ? null : codec.encode(row.last)
  return { body: pageText([row.items], next), items: row.items, count: row.count, next }
}

export const givenFilters = <Filter extends string>(filters: Partial<Record<Filter, unknown>>) =>
  Object.entries(filters).filter(([, value]) => value !== undefined) as [Filter, unknown][]

/** @param items JSON texts, one an item or several with commas between */
export const pageText = (items: readonly string[], next: string | null): string =>
  `{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`

interface PageRow extends LiveRow {
  items: string
  count: number
  /** Key of the last item, if more items follow. */
  last: string[] | null
}

export interface PageShape {
  readonly limit: number
  /** Whether it begins behind a key. */
  readonly continued: boolean
}

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

/**
 * The SQL of a page, and of one item behind it, which shows that there is more. An aggregate takes the rows of a sorted
 * subquery in their order; numbering them to be sure costs half as much again. Exported for the test of its plan.
 */
export const pageSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[], { limit, continued }: PageShape) =>
  (schema: string): string => {
    const columns = list.order.map(([column]) => column)
    const conditions = [
      ...conditionsOf(list, filters, schema),
      ...(continued ? [afterCondition(list.order, filters.length + 1)] : []),
    ]
    const last = columns.map((_, index) => `(array_agg(key_${index}))[${limit}]`)
    return `
select (select id from ledger.generation where status = 'live') as live,
       coalesce(array_to_string((array_agg(body))[:${limit}], ','), '') as items,
       least(count(*), ${limit})::int as count,
       case when count(*) > ${limit} then array[${last.join(', ')}] end as last
  from (select ${list.body?.(schema) ?? 'body'} as body,
               ${columns.map((column, index) => `${column}::text as key_${index}`).join(', ')}
          from ${schema}.${list.table}
         where ${allOf(conditions)}
         order by ${columns.join(', ')}
         limit ${limit + 1}) as page`
  }

/** The SQL of a whole list, in the order of its pages: one row an item, `body`. Exported for the test of its plan. */
export const listSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[]) =>
  (schema: string): string => `
select ${list.body?.(schema) ?? 'body'} as body
  from ${schema}.${list.table}
 where ${allOf(conditionsOf(list, filters, schema))}
 order by ${list.order.map(([column]) => column).join(', ')}`

const conditionsOf = <Filter extends string>(
  list: PageQuery<Filter>,
  filters: readonly Filter[],
  schema: string,
): string[] => [
  ...(list.always === undefined ? [] : [list.always]),
  ...filters.map((filter, index) =>
    conditionText(list.conditions[filter], schema).replaceAll(/\$(?!\.)/g, () => `$${index + 1}`),
  ),
]

const allOf = (conditions: readonly string[]): string =>
  conditions.length > 0 ? conditions.join('\n           and ') : 'true'

const conditionText = (condition: string | ((schema: string) => string), schema: string): string =>
  typeof condition === 'string' ? condition : condition(schema)

const afterCondition = (order: PageQuery<string>['order'], first: number): string =>
  `(${order.map(([column]) => column).join(', ')}) > (${order.map(([, type], index) => `$${first + index}::${type}`).join(', ')})`
