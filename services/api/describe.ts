import { changeKind, facet } from '#libs/contracts/described.js'
import type { ErrorCode } from '#libs/contracts/error-codes.js'
import { text } from '#libs/contracts/primitives.js'
import { problemAnswers } from '#libs/http/openapi.js'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { z } from 'zod'

/** Query parameters that every list takes. */
export const pageParameters = {
  limit: z.coerce.number().int().min(1).max(500).default(50).meta({ description: 'Items a page' }),
  cursor: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .meta({ description: '`next` of the page before; it stays good across later writes' }),
}

export const booleanParameter = z.enum(['true', 'false']).transform((text) => text === 'true')

/** An id or a name of an actor: names and aliases resolve. */
export const actorText = text(200)
export const idText = text(128)

/** Filters that many lists have. */
export const dossierFilter = idText.optional().meta({ description: 'Id of a dossier', examples: ['ukraine-war'] })
export const matterFilter = idText.optional().meta({ description: 'Id of a matter', examples: ['irn-rus.uav'] })
export const facetFilter = facet.optional().describe('FACT: does it happen; INTENT: will we; NORM: should it')
export const changeKindFilter = changeKind.optional().describe('How the position changed')

/** A header as the generator of the document takes it: it wraps a plain schema, and mangles anything else. */
const header = (name: string, description: string): NonNullable<ZodOpenApiResponseObject['headers']> =>
  ({ [name]: { type: 'string', description } }) as object as NonNullable<ZodOpenApiResponseObject['headers']>

/** The answers of an operation that reads: what it gives, what else can happen, by code of the catalogue. */
export const answers = (
  schema: z.ZodType,
  description: string,
  errors: readonly ErrorCode[] = [],
): ZodOpenApiResponsesObject => ({
  200: {
    description,
    headers: header('etag', 'Strong; of the bytes of the answer'),
    content: { 'application/json': { schema } },
  },
  304: { description: 'You have it already: `If-None-Match` names its ETag' },
  ...problemAnswers('TOKEN_INVALID', 'NOT_YET_VISIBLE', 'NOT_READY', ...errors),
})

export const MOVED_PERMANENTLY: ZodOpenApiResponsesObject = {
  308: {
    description: 'It is known under another id: see `Location`',
    headers: header('location', 'Where it is now'),
  },
}
