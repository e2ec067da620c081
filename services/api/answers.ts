import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** How long an answer may be kept: `live` ones are asked about again each time, `pinned` ones never change. */
export type Freshness = 'live' | 'pinned'

const CACHE_CONTROL: Record<Freshness, string> = {
  live: 'no-cache',
  pinned: 'max-age=31536000, immutable',
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
): FastifyReply => {
  const etag = `"${hash('sha1', body, 'base64url')}"`
  // what needs a key is not for caches that others share
  const shared = freshness === 'pinned' && request.caller.keyId === null ? 'public, ' : ''
  reply
    .header('etag', etag)
    .header('cache-control', shared + CACHE_CONTROL[freshness])
    .header('vary', 'Accept')
  const known = request.headers['if-none-match']
  if (known !== undefined && matches(known, etag)) return reply.code(304).send()
  return reply.type('application/json; charset=utf-8').send(body)
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
