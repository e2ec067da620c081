import { LedgerError } from '#libs/contracts/error-codes.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendJson } from '../answers.js'
import type { ApiReads } from '../route.js'
import type { FeedEntry } from './feed-entry.js'
import { asksForAll, canonicalActorOf, matcherOf, type FeedFilter } from './feed-filter.js'
import { readFeed } from './read-feed.js'

export interface AfterQuery {
  readonly after: number
  readonly limit: number
  readonly filter: FeedFilter
}

/** What one page looks through at most: a filter that fits nothing shall not read the whole feed in one request. */
const LOOKED_AT_MAX = 2_000

/** GET /v1/changes?after=: the feed for pollers. Where there is nothing new, the same bytes, and so 304. */
export const sendChangesAfter = async (
  apiReads: ApiReads,
  request: FastifyRequest,
  reply: FastifyReply,
  { after, limit, filter }: AfterQuery,
): Promise<FastifyReply> => {
  if (request.headers['ledger-after'] !== undefined) await apiReads.untilNumbered()
  const countMax = asksForAll(filter) ? limit : LOOKED_AT_MAX
  const { entries, last, newest } = await readFeed(apiReads.reads, { after, countMax })
  const matches = matcherOf(filter, await canonicalActorOf(apiReads, filter.actor))
  const found = entries.filter((entry) => entry.body !== null && matches(entry))
  const items = found.slice(0, limit)
  const next = found.length > limit ? lastNumber(items) : last
  const body = `{"items":[${items.map((entry) => entry.body).join(',')}],"next":"${next}","more":${next < newest}}`
  return sendJson(request, reply, body)
}

const lastNumber = (entries: readonly FeedEntry[]): number => entries.at(-1)?.number ?? 0

/** Parameters of `GET /v1/changes` that ask for what the feed has none of. @throws LedgerError PARAMETER_INVALID */
export const refuseBesideAfter = (query: Readonly<Record<string, unknown>>, names: readonly string[]): void => {
  const faults = names
    .filter((name) => query[name] !== undefined)
    .map((pointer) => ({ code: 'PARAMETER_INVALID' as const, pointer, detail: 'does not go with `after`' }))
  const [first] = faults
  if (first) throw new LedgerError('PARAMETER_INVALID', { detail: `${first.pointer} ${first.detail}`, faults })
}
