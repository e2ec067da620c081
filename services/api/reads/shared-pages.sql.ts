import { itemColumns, pageColumns, pageRows, type PageQuery, type PageShape } from './page-query.js'

/**
 * Several pages by one statement, a row each, told apart by `place`. What they are asked for by comes as one text of JSON
 * and not as arrays: of an array Postgres counts the elements, and plans anew for each.
 */
const pagesSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[], shape: PageShape) =>
  (schema: string, columns: string, rowColumns: string): string => {
    const filterTypes = filters.map((filter) => list.shared?.filters[filter] ?? 'text')
    const asked = [
      'place int',
      ...filterTypes.map((type, index) => `filter_${index} ${type}`),
      ...(shape.continued ? list.order.map(([, type], index) => `after_${index} ${type}`) : []),
    ]
    const values = {
      filterValues: filters.map((_, index) => `asked.filter_${index}`),
      keyValues: list.order.map((_, index) => `asked.after_${index}`),
    }
    return `
select (select id from ledger.generation where status = 'live') as live,
       asked.place,
       page.*
  from json_to_recordset($1::json) as asked (${asked.join(', ')})
 cross join lateral (
       select ${columns}
  from (select ${rowColumns}
          from ${pageRows(list, filters, { ...shape, ...values, schema })}) as listed) as page`
  }

/** Pages as `pageSql` gives them. */
export const sharedPagesSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[], shape: PageShape) =>
  (schema: string): string =>
    pagesSql(list, filters, shape)(schema, pageColumns(list, shape.limit), itemColumns(list, schema))

/** Only what stands on the pages: `versions`, of the items and the one behind them, without anything between. */
export const sharedVersionsSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[], shape: PageShape) =>
  (schema: string): string =>
    pagesSql(list, filters, shape)(schema, VERSIONS, VERSION_COLUMNS)

/** The same with their bodies, a line each. */
export const sharedBodiesSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[], shape: PageShape) =>
  (schema: string): string =>
    pagesSql(list, filters, shape)(
      schema,
      String.raw`${VERSIONS}, coalesce(string_agg(body, E'\n'), '') as bodies`,
      `${VERSION_COLUMNS}, ${list.body?.(schema) ?? 'body'} as body`,
    )

const VERSION_COLUMNS = 'id, revision, track_order'
const VERSIONS = `coalesce(encode(string_agg(uuid_send(id) || int4send(revision) || int4send(track_order), ''), 'hex'), '') as versions`
/** Characters of one of `versions`: an id, a revision and a place, in hexadecimal. */
export const VERSION_CHARACTERS = 48
export const trackOrderIn = (version: string): number => Number.parseInt(version.slice(40), 16)
