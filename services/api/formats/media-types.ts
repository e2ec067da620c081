import { LedgerError } from '#libs/contracts/error-codes.js'
import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { z } from 'zod'

/** What the api writes, by the name that `?format=` takes. */
export const MEDIA_TYPES = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  jsonld: 'application/ld+json',
  atom: 'application/atom+xml',
} as const
export type Format = keyof typeof MEDIA_TYPES

/** As an answer names its type. */
export const CONTENT_TYPES: Record<Format, string> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  jsonld: 'application/ld+json; charset=utf-8',
  // XML says itself that it is UTF-8
  atom: 'application/atom+xml',
}

/** Other names under which callers ask for the same. */
const ALIASES: Record<string, string> = {
  'application/ndjson': MEDIA_TYPES.ndjson,
  'application/xml': MEDIA_TYPES.atom,
  'text/xml': MEDIA_TYPES.atom,
}

/** The query parameter of a route with several formats; the first is the default. */
export const formatParameter = <const F extends readonly [Format, ...Format[]]>(formats: F) =>
  z
    .enum(formats as unknown as [F[number], ...F[number][]])
    .optional()
    .meta({ description: 'Instead of the header `Accept`, over which it takes precedence', examples: [formats[0]] })

/**
 * The format that a request asks for: by `?format=`, else by `Accept`, else the first.
 * @throws LedgerError NOT_ACCEPTABLE
 */
export const formatOf = <F extends Format>(
  request: FastifyRequest,
  given: F | undefined,
  formats: readonly [F, ...F[]],
): F => {
  if (given !== undefined) return given
  const type = acceptedOf(
    request,
    formats.map((format) => MEDIA_TYPES[format]),
  )
  return formats.find((format) => MEDIA_TYPES[format] === type) ?? formats[0]
}

/** @throws LedgerError NOT_ACCEPTABLE where a caller accepts none of the types. */
export const acceptedOf = (request: FastifyRequest, types: readonly string[]): string => {
  const [first = ''] = types
  const { accept } = request.headers
  if (accept === undefined || accept === '*/*') return first
  const also = Object.keys(ALIASES).filter((alias) => types.includes(ALIASES[alias] ?? ''))
  const chosen = new Negotiator(request.raw).mediaType([...types, ...also])
  if (chosen !== undefined) return ALIASES[chosen] ?? chosen
  throw new LedgerError('NOT_ACCEPTABLE', {
    detail: `Served here: ${types.join(', ')}.`,
    faults: [{ code: 'NOT_ACCEPTABLE', pointer: 'accept', detail: 'names none of the types that are served here' }],
  })
}
