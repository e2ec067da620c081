import type { FastifyReply, FastifyRequest } from 'fastify'
import { compressText, encodingFor, VARY } from './formats/content-encoding.js'
import { prepareText, type PreparedText } from './formats/prepared-text.js'

/** How long an answer may be kept: `live` ones are asked about again each time, `pinned` ones never change. */
export type Freshness = 'live' | 'pinned'

const CACHE_CONTROL: Record<Freshness, string> = {
  live: 'no-cache',
  pinned: 'max-age=31536000, immutable',
}

/** Says how long this answer may be kept, and what it depends on beside the address. */
export const setFreshness = (request: FastifyRequest, reply: FastifyReply, freshness: Freshness): void => {
  // what needs a key is not for caches that others share
  const shared = freshness === 'pinned' && request.caller.keyId === null ? 'public, ' : ''
  const others = reply.getHeader('vary')
  reply
    .header('cache-control', shared + CACHE_CONTROL[freshness])
    .header('vary', typeof others === 'string' ? `${others}, ${VARY}` : VARY)
}

/**
 * Sends JSON that is text already, with a strong ETag of its bytes; 304 where the caller has these bytes. The tag
 * depends on the content alone, so it survives restarts and a swap of generations.
 */
export const sendJson = (
  request: FastifyRequest,
  reply: FastifyReply,
  body: string,
  freshness: Freshness = 'live',
): FastifyReply | Promise<FastifyReply> =>
  sendText(request, reply, { type: 'application/json; charset=utf-8', body, freshness })

export interface TextAnswer {
  readonly type: string
  readonly body: string | PreparedText
  readonly freshness?: Freshness
}

/**
 * The same for text of any type. Each encoding has a tag of its own, as a strong one must (RFC 9110, 8.8.3.3): so the
 * encoding is chosen before tags are compared, and a 304 stands for the very bytes that a 200 would have had.
 */
export const sendText = (
  request: FastifyRequest,
  reply: FastifyReply,
  { type, body, freshness = 'live' }: TextAnswer,
): FastifyReply | Promise<FastifyReply> => {
  const { bytes, hash, length } = typeof body === 'string' ? prepareText(body) : body
  const encoding = encodingFor(request, length)
  const etag = `"${hash}${encoding === null ? '' : `-${encoding}`}"`
  reply.header('etag', etag)
  setFreshness(request, reply, freshness)
  const known = request.headers['if-none-match']
  if (known !== undefined && matches(known, etag)) return reply.code(304).send()
  reply.type(type)
  if (encoding === null) return reply.send(bytes)
  reply.header('content-encoding', encoding)
  return compressText(bytes, encoding).then((compressed) => reply.send(compressed))
}

/** RFC 9110, 13.1.2: weak comparison, for a cache in between may have weakened the tag by compressing. */
const matches = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch === etag ||
  ifNoneMatch.trim() === '*' ||
  ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)

/** 308 to the canonical address, with the query of the request. */
export const redirectTo = (request: FastifyRequest, reply: FastifyReply, path: string): FastifyReply => {
  const query = request.url.indexOf('?')
  return reply
    .code(308)
    .header('location', query < 0 ? path : path + request.url.slice(query))
    .header('cache-control', 'no-cache')
    .send()
}

/** One segment of a path. */
export const segment = encodeURIComponent
