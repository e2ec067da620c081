import { parse } from 'csv-parse/sync'

/** What a spreadsheet or a notebook reads. Strict: each row has as many cells as there are names. */
export const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { columns: true, record_delimiter: '\r\n' })

/** The items of an NDJSON text, each line of which ends. */
export const linesOf = <Item = unknown>(text: string): Item[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Item)
