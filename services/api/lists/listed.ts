import type { CsvColumns } from '../formats/csv.js'
import type { CursorCodec } from '../reads/cursors.js'
import type { PageQuery } from '../reads/page-query.js'
import { PAGE_ITEMS_DEFAULT } from '../reads/read-page.js'

/** Formats of every list that can be exported; the first is the default. */
export const LIST_FORMATS = ['json', 'ndjson', 'csv'] as const
export type ListFormat = (typeof LIST_FORMATS)[number]
export type ExportFormat = Exclude<ListFormat, 'json'>

/** A list as its formats need it. */
export interface Listed<Item extends object, Filter extends string> {
  /** `positions`: names the file of a download. */
  readonly name: string
  readonly query: PageQuery<Filter>
  readonly cursor: CursorCodec<readonly string[]>
  readonly columns: CsvColumns<Item>
  /** The item of what is stored, where that is not the item itself. */
  readonly render?: (stored: never) => Item
}

/** What a caller asks of a list beside its filters. */
export interface ListRequest {
  readonly format?: ListFormat | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

/** NDJSON and CSV are the whole list, unless a page of it is asked for. */
export const isWhole = (format: ListFormat, { limit, cursor }: ListRequest): format is ExportFormat =>
  format !== 'json' && limit === undefined && cursor === undefined

export const pageAsked = ({ limit = PAGE_ITEMS_DEFAULT, cursor }: ListRequest) => ({ limit, cursor })

export const renderOf =
  <Item extends object>({ render }: Pick<Listed<Item, never>, 'render'>) =>
  (stored: unknown): Item =>
    render === undefined ? (stored as Item) : render(stored as never)
