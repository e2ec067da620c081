import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendText, type Freshness } from '../answers.js'
import { citation, sendAt } from '../clocks/answer-at.js'
import { freshnessOf, type ReadClocks } from '../clocks/clock-query.js'
import { pageOfItems, sortedItems, type PlacedItem } from '../clocks/page-of-items.js'
import { CONTENT_TYPES, formatOf } from '../formats/media-types.js'
import type { PreparedText } from '../formats/prepared-text.js'
import { sendStream } from '../formats/send-stream.js'
import { pageText } from '../reads/read-page.js'
import type { ApiReads } from '../route.js'
import { exportList } from './export-list.js'
import { itemWriter, type ItemWriter } from './item-writer.js'
import { queryWith, type LiveFilters } from './list-filters.js'
import { isWhole, LIST_FORMATS, pageAsked, renderOf, type Listed, type ListFormat, type ListRequest } from './listed.js'

/** Sends a list of what is stored: a page of it, or the whole as an export. */
export const sendList = async <Item extends object, Filter extends string>(
  apiReads: ApiReads,
  request: FastifyRequest,
  reply: FastifyReply,
  listed: Listed<Item, Filter>,
  filters: LiveFilters<Filter>,
  asked: ListRequest,
): Promise<FastifyReply> => {
  const format = formatOf(request, asked.format, LIST_FORMATS)
  if (isWhole(format, asked)) return exportList(apiReads, request, reply, listed, filters, format)
  const page = await queryWith(
    apiReads,
    filters,
    (pages, given) => pages.read(listed.query, listed.cursor, { filters: given, ...pageAsked(asked) }),
    ({ count }) => count === 0,
  )
  const items = (): Item[] => (JSON.parse(`[${page.items}]`) as unknown[]).map(renderOf(listed))
  const json = (): string | PreparedText =>
    listed.render === undefined
      ? (page.prepared ?? page.body)
      : pageText(
          items().map((item) => JSON.stringify(item)),
          page.next,
        )
  return sendPage(apiReads, request, reply, listed, format, { json, items, next: page.next })
}

/** Sends a list that was folded for this read. */
export const sendListAt = async <Item extends object>(
  apiReads: ApiReads,
  request: FastifyRequest,
  reply: FastifyReply,
  listed: Pick<Listed<Item, never>, 'name' | 'columns' | 'cursor'>,
  { placed, cited }: { readonly placed: readonly PlacedItem<Item>[]; readonly cited: ReadClocks },
  asked: ListRequest,
): Promise<FastifyReply> => {
  const format = formatOf(request, asked.format, LIST_FORMATS)
  if (format === 'json')
    return sendAt(apiReads, request, reply, cited, pageOfItems(placed, listed.cursor, pageAsked(asked)).body)
  const freshness = freshnessOf(cited, new Date())
  const links = freshness === 'pinned' ? [citation(apiReads.publicUrl, request, cited)] : []
  if (isWhole(format, asked)) {
    reply.headers(links.length > 0 ? { link: links.join(', ') } : {})
    const texts = textsOf(itemWriter(format, listed.columns), sortedItems(placed))
    await sendStream(request, reply, {
      type: CONTENT_TYPES[format],
      name: `${listed.name}.${format}`,
      texts,
      freshness,
    })
    return reply
  }
  const page = pageOfItems(placed, listed.cursor, pageAsked(asked))
  return sendPage(apiReads, request, reply, listed, format, {
    ...page,
    json: () => page.body,
    items: () => page.items,
    links,
    freshness,
  })
}

interface PageToSend<Item> {
  readonly json: () => string | PreparedText
  readonly items: () => readonly Item[]
  readonly next: string | null
  readonly links?: readonly string[]
  readonly freshness?: Freshness
}

/** A page of lines has no `next` of its own: a link of the answer leads there. */
const sendPage = async <Item extends object>(
  apiReads: ApiReads,
  request: FastifyRequest,
  reply: FastifyReply,
  { columns }: Pick<Listed<Item, never>, 'columns'>,
  format: ListFormat,
  { json, items, next, links = [], freshness = 'live' }: PageToSend<Item>,
): Promise<FastifyReply> => {
  const all = next === null ? links : [...links, nextLink(apiReads.publicUrl, request, ['cursor', next])]
  if (all.length > 0) reply.header('link', all.join(', '))
  const type = CONTENT_TYPES[format]
  if (format === 'json') return sendText(request, reply, { type, body: json(), freshness })
  const writer = itemWriter(format, columns)
  return sendText(request, reply, { type, body: writer.header + writer.lines(items()), freshness })
}

/** @param place the parameter that leads there */
export const nextLink = (publicUrl: string, request: FastifyRequest, place: readonly [string, string]): string => {
  const url = new URL(request.url, publicUrl)
  url.searchParams.set(...place)
  return `<${publicUrl}${url.pathname}?${url.searchParams.toString()}>; rel="next"`
}

const CHUNK_ITEMS = 200

function* textsOf<Item>(writer: ItemWriter<Item>, items: readonly Item[]): Generator<string> {
  yield writer.header
  for (let first = 0; first < items.length; first += CHUNK_ITEMS)
    yield writer.lines(items.slice(first, first + CHUNK_ITEMS))
}
