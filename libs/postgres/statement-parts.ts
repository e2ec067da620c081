import { together, type Client } from './database.js'

/**
 * What one statement writes or looks up at most. Each has a time limit (DATABASE_STATEMENT_MS_MAX), and what comes together may
 * be much: a merge of actors writes anew all that one of them ever said. In one statement that would meet the limit, and its
 * batch would begin again for ever.
 */
export const STATEMENT_ROWS_MAX = 2_000

/** Rows in parts for a statement each, in their order; none for no rows. */
export const partsOf = <Row>(rows: readonly Row[], rowsMax = STATEMENT_ROWS_MAX): (readonly Row[])[] => {
  if (rows.length === 0) return []
  if (rows.length <= rowsMax) return [rows]
  const parts: (readonly Row[])[] = []
  for (let start = 0; start < rows.length; start += rowsMax) parts.push(rows.slice(start, start + rowsMax))
  return parts
}

/** Looks up each part by a query of its own. @returns the rows of all, in their order */
export const queryInParts = async <Key, Row>(
  client: Client,
  keys: readonly Key[],
  query: (part: readonly Key[]) => Promise<{ readonly rows: Row[] }>,
): Promise<Row[]> => {
  const results = await together<{ readonly rows: Row[] }[]>(
    client,
    partsOf(keys).map((part) => () => query(part)),
  )
  return results.length === 1 ? (results[0]?.rows ?? []) : results.flatMap(({ rows }) => rows)
}
