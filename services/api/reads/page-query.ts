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

/** Reads one page. @throws LedgerError CURSOR_INVALID */
export const readPage = async <Filter extends string>(
  reads: Pick<LedgerReads, 'query'>,
  list: PageQuery<Filter>,
  codec: CursorCodec<readonly string[]>,
  request: PageRequest<Filter>,
): Promise<PageRead> => {
  const after = request.cursor === undefined ? [] : codec.decode(request.cursor)
  const given = givenFilters(request.filters)
  const query: GenerationQuery = {
    text: pageSql(
      list,
      given.map(([filter]) => filter),
      after.length > 0,
    ),
  }
  const [row] = await reads.query<PageRow>(query, [request.limit, ...given.map(([, value]) => value), ...after])
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

/** The SQL of a page. Exported for the test of its plan. */
export const pageSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[], continued: boolean) =>
  (schema: string): string => {
    const columns = list.order.map(([column]) => column)
    const conditions = [
      ...conditionsOf(list, filters, schema, 2),
      ...(continued ? [afterCondition(list.order, filters.length + 2)] : []),
    ]
    return `
select (select id from ledger.generation where status = 'live') as live,
       coalesce(string_agg(body, ',' order by place) filter (where place <= $1), '') as items,
       least(count(*), $1)::int as count,
       case when count(*) > $1 then ${keyOfPlace(columns.length)} end as last
  from (select ${list.body?.(schema) ?? 'body'} as body,
               row_number() over (order by ${columns.join(', ')}) as place,
               ${columns.map((column, index) => `${column}::text as key_${index}`).join(', ')}
          from ${schema}.${list.table}
         where ${allOf(conditions)}
         order by ${columns.join(', ')}
         limit $1::int + 1) as page`
  }

/** The SQL of a whole list, in the order of its pages: one row an item, `body`. Exported for the test of its plan. */
export const listSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[]) =>
  (schema: string): string => `
select ${list.body?.(schema) ?? 'body'} as body
  from ${schema}.${list.table}
 where ${allOf(conditionsOf(list, filters, schema, 1))}
 order by ${list.order.map(([column]) => column).join(', ')}`

/** @param first number of the first filter's value among those of the statement */
const conditionsOf = <Filter extends string>(
  list: PageQuery<Filter>,
  filters: readonly Filter[],
  schema: string,
  first: number,
): string[] => [
  ...(list.always === undefined ? [] : [list.always]),
  ...filters.map((filter, index) =>
    conditionText(list.conditions[filter], schema).replaceAll(/\$(?!\.)/g, () => `$${index + first}`),
  ),
]

const allOf = (conditions: readonly string[]): string =>
  conditions.length > 0 ? conditions.join('\n           and ') : 'true'

const conditionText = (condition: string | ((schema: string) => string), schema: string): string =>
  typeof condition === 'string' ? condition : condition(schema)

/** Exactly one row has that place, so that max() is its value. */
const keyOfPlace = (length: number): string =>
  `array[${Array.from({ length }, (_, index) => `max(key_${index}) filter (where place = $1)`).join(', ')}]`

const afterCondition = (order: PageQuery<string>['order'], first: number): string =>
  `(${order.map(([column]) => column).join(', ')}) > (${order.map(([, type], index) => `$${first + index}::${type}`).join(', ')})`
