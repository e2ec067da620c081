import { day } from '#libs/contracts/primitives.js'
import { pageOf, StatementResource } from '#libs/contracts/resources.js'
import { ACTS } from '#libs/contracts/vocabulary.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { renderStatement } from '#libs/resources/statement-resource.js'
import { z } from 'zod'
import { actorText, answers, dossierFilter, exportTypes, idText, listParameters } from '../describe.js'
import { EXPORT_MS_MAX } from '../lists/export-list.js'
import {
  checkDays,
  checkMatterFilter,
  includeNarrower,
  matterTree,
  minAuthority,
  officesFrom,
  type LiveFilters,
} from '../lists/list-filters.js'
import type { Listed } from '../lists/listed.js'
import { sendList } from '../lists/send-list.js'
import type { Route } from '../route.js'
import { STATEMENT_COLUMNS } from './statement-columns.js'
import { LIST_STATEMENTS, STATEMENTS_CURSOR, type StatementFilter } from './statements.sql.js'

export const STATEMENTS: Listed<StatementResource, StatementFilter> = {
  name: 'statements',
  query: LIST_STATEMENTS,
  cursor: STATEMENTS_CURSOR,
  columns: STATEMENT_COLUMNS,
  render: (state: StatementState) => renderStatement(state),
}

const filters = {
  actor: actorText.optional().meta({ description: 'On whose behalf: id, name or alias', examples: ['irn'] }),
  speaker: actorText.optional().meta({ description: 'Who said it: id, name or alias' }),
  matter: idText.optional().meta({ description: 'It takes a stance on this matter, or is about it' }),
  includeNarrower,
  minAuthority: minAuthority('of the office in which it was said'),
  act: z.enum(ACTS).optional().meta({ description: 'What the statement does' }),
  dossier: dossierFilter,
  from: day.optional().meta({ description: 'It can have been said on this day or later' }),
  to: day.optional().meta({ description: 'It was said by the end of this day' }),
  q: z
    .string()
    .min(1)
    .max(200)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be text')
    .optional()
    .meta({
      description:
        'Words of its gist, quotes or paraphrases, all of them, as they are written, whatever their case; "…" for a ' +
        'phrase, `or` between alternatives, `-` before a word that must not be there',
      examples: ['drones "before the war"'],
    }),
}

/** GET /v1/statements */
export const listStatements: Route = (api, apiReads) => {
  api.get(
    '/v1/statements',
    {
      config: { scope: 'read' },
      handlerTimeout: EXPORT_MS_MAX,
      schema: {
        tags: ['Statements'],
        summary: 'List statements',
        description:
          'By dossier, then the last day on which they can have been said. What was merged away is in its survivor.',
        querystring: z.strictObject({ ...filters, ...listParameters }),
        response: answers(
          pageOf(StatementResource, 'StatementPage'),
          'A page of statements, or all of them as NDJSON or CSV',
          ['CURSOR_INVALID', 'PARAMETERS_CONTRADICTORY', 'RESULT_TOO_LARGE'],
          exportTypes(STATEMENTS),
        ),
      },
    },
    async (request, reply) => {
      const { format, limit, cursor, ...given } = request.query
      checkMatterFilter(given)
      checkDays(given)
      return sendList(apiReads, request, reply, STATEMENTS, liveFilters(given), { format, limit, cursor })
    },
  )
}

type Filters = { readonly [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

const liveFilters = ({
  matter,
  includeNarrower,
  minAuthority,
  q,
  ...given
}: Filters): LiveFilters<StatementFilter> => ({
  given: { ...given, words: q, matter: includeNarrower === true ? undefined : matter },
  actors: ['actor', 'speaker'],
  byRegistry:
    includeNarrower === true || minAuthority !== undefined
      ? (registry) => ({
          matters: includeNarrower === true && matter !== undefined ? matterTree(registry, matter) : undefined,
          offices: officesFrom(registry, minAuthority),
        })
      : undefined,
})
