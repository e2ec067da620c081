import { itemColumns, pageColumns, pageRows, placeholders, type PageQuery, type PageShape } from './page-query.js'

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

/** Characters of one version in `versions`: an id and a revision, in hexadecimal. */
export const VERSION_CHARACTERS = 40
const VERSION = 'uuid_send(id) || int4send(revision)'

/** Only what stands on the pages: `versions`, of the items and the one behind them, without anything between. */
export const sharedVersionsSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[], shape: PageShape) =>
  (schema: string): string =>
    pagesSql(list, filters, shape)(
      schema,
      `coalesce(encode(string_agg(${VERSION}, ''), 'hex'), '') as versions`,
      'id, revision',
    )

/** One page, a row an item, with what there is to be remembered of each; a row without a version where it is empty. */
export const versionedPageSql =
  <Filter extends string>(list: PageQuery<Filter>, filters: readonly Filter[], shape: PageShape) =>
  (schema: string): string => `
select live.id as live,
       page.*
  from (select id from ledger.generation where status = 'live') as live
  left join lateral (
        select encode(${VERSION}, 'hex') as version,
               ${itemColumns(list, schema)}
          from ${pageRows(list, filters, { ...shape, ...placeholders(list, filters), schema })}) as page
    on true`
