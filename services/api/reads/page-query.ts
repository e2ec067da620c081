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
  /** Which of its pages are read several at a time (page-reader.ts); absent: none. */
  readonly shared?: SharedPages<Filter>
}

/** Pages that cost about the same, whoever asks: a walk along the index of the list's order. */
export interface SharedPages<Filter extends string> {
  /** Filters that leave them that, and the types of their values: a page with any other is read by itself. */
  readonly filters: Partial<Readonly<Record<Filter, string>>>
  /** Where the api remembers what it has read (known-pages.ts). */
  readonly revised?: RevisedItems
}

/** Rows with an `id` and a `revision`, which together say what the body says, and a `track_order`, which is of the key alone. */
export interface RevisedItems {
  /** The key of an item in the order of the list. @param item its body, parsed */
  readonly keyOf: (item: never, trackOrder: number) => readonly string[]
}

export interface PageShape {
  readonly limit: number
  /** Whether it begins behind a key. */
  readonly continued: boolean
}

/** What `pageColumns` selects. */
export interface PageColumns {
  /** The items and the one behind them, a line each. */
  items: string
  /** Of these lines. */
  count: number
  /** Key of the last item, if more items follow. */
  last: string[] | null
}

/**
 * The SQL of a page, and of one item behind it, which shows that there is more. Exported for the test of its plan, as are
 * the others.
 */
export const pageSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[], { limit, continued }: PageShape) =>
  (schema: string): string => `
select (select id from ledger.generation where status = 'live') as live,
       ${pageColumns(list, limit)}
  from (select ${itemColumns(list, schema)}
          from ${pageRows(list, filters, { ...placeholders(list, filters), schema, limit, continued })}) as page`

/**
 * A page as one row. An aggregate takes the rows of a sorted subquery in their order; numbering them to be sure costs half
 * as much again. The item behind the page comes along: to cut an array of bodies before it is joined costs a third more.
 */
export const pageColumns = ({ order }: Pick<PageQuery<never>, 'order'>, limit: number): string =>
  [
    String.raw`coalesce(string_agg(body, E'\n'), '') as items`,
    `count(*)::int as count`,
    `case when count(*) > ${limit} then array[${order
      .map((_, index) => `(array_agg(key_${index}))[${limit}]`)
      .join(', ')}] end as last`,
  ].join(',\n       ')

/** The body of an item, and its key. */
export const itemColumns = (list: Pick<PageQuery<never>, 'body' | 'order'>, schema: string): string =>
  [
    `${list.body?.(schema) ?? 'body'} as body`,
    ...list.order.map(([column], index) => `${column}::text as key_${index}`),
  ].join(',\n               ')

/** SQL of what a page is asked for by, in the order of the filters and of the key. */
export interface PageValues {
  readonly filterValues: readonly string[]
  readonly keyValues: readonly string[]
}

/** Parameters of a statement, those of the key with their types. */
export const placeholders = ({ order }: Pick<PageQuery<never>, 'order'>, filters: readonly string[]): PageValues => ({
  filterValues: filters.map((_, index) => `$${index + 1}`),
  keyValues: order.map(([, type], index) => `$${filters.length + index + 1}::${type}`),
})

/** The rows of a page and one more, in order: what follows `from`. */
export const pageRows = <Filter extends string>(
  list: PageQuery<Filter>,
  filters: readonly Filter[],
  { schema, filterValues, keyValues, limit, continued }: PageShape & PageValues & { readonly schema: string },
): string => {
  const columns = columnsOf(list)
  const conditions = [
    ...conditionsOf(list, filters, schema, filterValues),
    ...(continued ? [`(${columns}) > (${keyValues.join(', ')})`] : []),
  ]
  return `${schema}.${list.table}
         where ${allOf(conditions)}
         order by ${columns}
         limit ${limit + 1}`
}

/** The SQL of a whole list, in the order of its pages: one row an item, `body`. */
export const listSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[]) =>
  (schema: string): string => `
select ${list.body?.(schema) ?? 'body'} as body
  from ${schema}.${list.table}
 where ${allOf(conditionsOf(list, filters, schema, placeholders(list, filters).filterValues))}
 order by ${columnsOf(list)}`

const columnsOf = ({ order }: Pick<PageQuery<never>, 'order'>): string => order.map(([column]) => column).join(', ')

const conditionsOf = <Filter extends string>(
  list: PageQuery<Filter>,
  filters: readonly Filter[],
  schema: string,
  values: readonly string[],
): string[] => [
  ...(list.always === undefined ? [] : [list.always]),
  ...filters.map((filter, index) =>
    conditionText(list.conditions[filter], schema).replaceAll(/\$(?!\.)/g, () => values[index] ?? ''),
  ),
]

const allOf = (conditions: readonly string[]): string =>
  conditions.length > 0 ? conditions.join('\n           and ') : 'true'

const conditionText = (condition: string | ((schema: string) => string), schema: string): string =>
  typeof condition === 'string' ? condition : condition(schema)
