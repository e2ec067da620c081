import { LedgerError } from '#libs/contracts/error-codes.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendJson, sendText } from '../answers.js'
import { CONTENT_TYPES, formatOf } from '../formats/media-types.js'
import { writerOf, type ItemWriter } from '../lists/item-writer.js'
import { LIST_FORMATS, type ExportFormat, type ListFormat } from '../lists/listed.js'
import { nextLink } from '../lists/send-list.js'
import { PAGE_ITEMS_DEFAULT } from '../reads/read-page.js'
import type { ApiReads } from '../route.js'
import { exportFeed } from './export-feed.js'
import { FEED_COLUMNS, type FeedRow } from './feed-columns.js'
import type { FeedEntry } from './feed-entry.js'
import { asksForAll, canonicalActorOf, matcherOf, type FeedFilter } from './feed-filter.js'
import { readFeed } from './read-feed.js'

export interface AfterQuery {
  readonly after: number
  readonly format: ListFormat | undefined
  readonly limit: number | undefined
  readonly filter: FeedFilter
}

/** What one page looks through at most: a filter that fits nothing shall not read the whole feed in one request. */
const LOOKED_AT_MAX = 2_000

/** GET /v1/changes?after=: the feed for pollers. Where there is nothing new, the same bytes, and so 304. */
export const sendChangesAfter = async (
  apiReads: ApiReads,
  request: FastifyRequest,
  reply: FastifyReply,
  { after, format: given, limit, filter }: AfterQuery,
): Promise<FastifyReply> => {
  const format = formatOf(request, given, LIST_FORMATS)
  if (request.headers['ledger-after'] !== undefined) await apiReads.untilNumbered()
  const actor = await canonicalActorOf(apiReads, filter.actor)
  const fits = matcherOf(filter, actor)
  const isTold = (entry: FeedEntry): boolean => entry.body !== null && fits(entry)
  if (format !== 'json' && limit === undefined)
    return exportFeed(apiReads, request, reply, { after, isTold, format, writer: feedWriter(format) })
  const asked = { after, limit: limit ?? PAGE_ITEMS_DEFAULT, seesAll: asksForAll(filter) }
  const { items, next, more } = await pageAfter(apiReads, asked, isTold)
  if (format === 'json') {
    const bodies = items.map(({ body }) => body).join(',')
    return sendJson(request, reply, `{"items":[${bodies}],"next":"${next}","more":${more}}`)
  }
  // there is always a next page, if only later
  reply.header('link', nextLink(apiReads.publicUrl, request, ['after', String(next)]))
  const { header, lines } = feedWriter(format)
  return sendText(request, reply, { type: CONTENT_TYPES[format], body: header + lines(items) })
}

const feedWriter = (format: ExportFormat): ItemWriter<FeedEntry> =>
  writerOf(format, FEED_COLUMNS, {
    textOf: ({ body }) => body ?? '',
    itemOf: ({ body }) => JSON.parse(body ?? '') as FeedRow,
  })

interface FeedPart {
  readonly items: readonly FeedEntry[]
  readonly next: number
  readonly more: boolean
}

const pageAfter = async (
  { reads }: ApiReads,
  { after, limit, seesAll }: { after: number; limit: number; seesAll: boolean },
  isTold: (entry: FeedEntry) => boolean,
): Promise<FeedPart> => {
  const { entries, last, newest } = await readFeed(reads, { after, countMax: seesAll ? limit : LOOKED_AT_MAX })
  const found = entries.filter(isTold)
  const items = found.slice(0, limit)
  const next = found.length > limit ? (items.at(-1)?.number ?? 0) : last
  return { items, next, more: next < newest }
}

/** Parameters of `GET /v1/changes` that ask for what the feed has none of. @throws LedgerError PARAMETER_INVALID */
export const refuseBesideAfter = (query: Readonly<Record<string, unknown>>, names: readonly string[]): void => {
  const faults = names
    .filter((name) => query[name] !== undefined)
    .map((pointer) => ({ code: 'PARAMETER_INVALID' as const, pointer, detail: 'does not go with `after`' }))
  const [first] = faults
  if (first) throw new LedgerError('PARAMETER_INVALID', { detail: `${first.pointer} ${first.detail}`, faults })
}
