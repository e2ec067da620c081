import { csvHeader, csvRows, type CsvColumns } from '../formats/csv.js'
import type { ExportFormat } from './listed.js'

/** Writes items as lines: a text before the first, and one for each lot of them. */
export interface ItemWriter<Source> {
  readonly header: string
  readonly lines: (sources: readonly Source[]) => string
}

/**
 * @param textOf JSON of an item, without a line break
 * @param itemOf the item
 */
export const writerOf = <Source, Item>(
  format: ExportFormat,
  columns: CsvColumns<Item>,
  { textOf, itemOf }: { readonly textOf: (source: Source) => string; readonly itemOf: (source: Source) => Item },
): ItemWriter<Source> =>
  format === 'csv'
    ? { header: csvHeader(columns), lines: (sources) => csvRows(columns, sources.map(itemOf)) }
    : { header: '', lines: (sources) => sources.map((source) => `${textOf(source)}\n`).join('') }

/** For items that are at hand. */
export const itemWriter = <Item extends object>(format: ExportFormat, columns: CsvColumns<Item>): ItemWriter<Item> =>
  writerOf<Item, Item>(format, columns, { textOf: (item) => JSON.stringify(item), itemOf: (item) => item })
