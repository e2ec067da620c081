import { stringify } from 'csv-stringify/sync'

/** What a cell can hold. A list of ids is one cell, with spaces between: no id has one. */
export type Cell = string | number | boolean | null

/** The columns of a table, in their order: the name of each, what it holds for the documentation, and its cell. */
export type CsvColumns<Item> = readonly CsvColumn<Item>[]
export type CsvColumn<Item> = readonly [name: string, holds: string, cell: (item: Item) => Cell]

/**
 * Rows as CSV (RFC 4180: CRLF, quotes doubled). A text that a spreadsheet would take for a formula, since it begins with
 * = + - @, a tab, a carriage return or a full-width one of these, gets an apostrophe in front. No byte order mark: of it
 * more programs make a part of the first name than need it.
 */
export const csvOf = (rows: readonly (readonly Cell[])[]): string =>
  stringify(
    rows.map((row) => row.map((cell) => (typeof cell === 'boolean' ? String(cell) : cell))),
    { record_delimiter: 'windows', quote_record_delimiter: true, escape_formulas: true },
  )

export const csvHeader = (columns: CsvColumns<never>): string => csvOf([columns.map(([name]) => name)])

export const csvRows = <Item>(columns: CsvColumns<Item>, items: readonly Item[]): string =>
  csvOf(items.map((item) => columns.map(([, , cell]) => cell(item))))

export const ids = (list: readonly string[]): string => list.join(' ')
