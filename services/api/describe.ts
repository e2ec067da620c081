import { changeKind, facet } from '#libs/contracts/described.js'
import type { ErrorCode } from '#libs/contracts/error-codes.js'
import { text } from '#libs/contracts/primitives.js'
import { problemAnswers } from '#libs/http/openapi.js'
import type { ZodOpenApiContentObject, ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { z } from 'zod'
import type { CsvColumns } from './formats/csv.js'
import { formatParameter, MEDIA_TYPES } from './formats/media-types.js'
import { LIST_FORMATS, type Listed } from './lists/listed.js'
import { PAGE_ITEMS_DEFAULT } from './reads/read-page.js'

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

/** The same for lists that can be exported. */
export const listParameters = {
  ...pageParameters,
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .optional()
    .meta({
      description: `Items a page; JSON: ${PAGE_ITEMS_DEFAULT} where it is absent; NDJSON and CSV: then the whole list`,
      examples: [PAGE_ITEMS_DEFAULT],
    }),
  format: formatParameter(LIST_FORMATS),
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
  otherTypes: ZodOpenApiContentObject = {},
): ZodOpenApiResponsesObject => ({
  200: {
    description,
    headers: header('etag', 'Strong; of the bytes of the answer'),
    content: { [MEDIA_TYPES.json]: { schema }, ...otherTypes },
  },
  304: { description: 'You have it already: `If-None-Match` names its ETag' },
  ...problemAnswers('TOKEN_INVALID', 'NOT_YET_VISIBLE', 'NOT_READY', 'NOT_ACCEPTABLE', ...errors),
})

/** The same for a feed, which has no JSON. */
export const feedAnswers = (errors: readonly ErrorCode[]): ZodOpenApiResponsesObject => ({
  ...answers(z.string(), 'The feed', errors),
  200: {
    description: 'The feed',
    headers: header('etag', 'Strong; of the bytes of the answer'),
    content: { [MEDIA_TYPES.atom]: { schema: z.string().meta({ description: 'An Atom feed' }) } },
  },
})

type Table = Pick<Listed<never, never>, 'columns' | 'name'>

/** The other types of a list: one item a line. @param other what the same address gives in another case */
export const exportTypes = (table: Table, other?: Table & { readonly when: string }): ZodOpenApiContentObject => {
  const described = (describe: (table: Table) => string) => ({
    schema: z.string().meta({
      description: other === undefined ? describe(table) : `${describe(table)}. ${other.when}: ${describe(other)}`,
    }),
  })
  return {
    [MEDIA_TYPES.ndjson]: described(({ name }) => `The ${name}, one JSON object a line; without \`limit\` all of them`),
    [MEDIA_TYPES.csv]: described(({ columns }) => csvDescription(columns)),
  }
}

/** What a table holds, for the document. */
export const csvDescription = (columns: CsvColumns<never>): string =>
  'A row of names, then one row an item (RFC 4180, UTF-8). What a spreadsheet would take for a formula has an apostrophe ' +
  `in front. Columns: ${columns.map(([name, holds]) => `${name} (${holds})`).join(', ')}`

export const MOVED_PERMANENTLY: ZodOpenApiResponsesObject = {
  308: {
    description: 'It is known under another id: see `Location`',
    headers: header('location', 'Where it is now'),
  },
}
