import { day } from '#libs/contracts/primitives.js'
import { pageOf, StatementResource } from '#libs/contracts/resources.js'
import { ACTS } from '#libs/contracts/vocabulary.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { renderStatement } from '#libs/resources/statement-resource.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { actorText, answers, dossierFilter, idText, pageParameters } from '../describe.js'
import { withActors } from '../reads/actor-filter.js'
import { pageText, readPage } from '../reads/page-query.js'
import type { Route } from '../route.js'
import { LIST_STATEMENTS, STATEMENTS_CURSOR } from './statements.sql.js'

const filters = {
  actor: actorText.optional().meta({ description: 'On whose behalf: id, name or alias', examples: ['irn'] }),
  speaker: actorText.optional().meta({ description: 'Who said it: id, name or alias' }),
  matter: idText.optional().meta({ description: 'It takes a stance on this matter, or is about it' }),
  act: z.enum(ACTS).optional().meta({ description: 'What the statement does' }),
  dossier: dossierFilter,
  from: day.optional().meta({ description: 'It can have been said on this day or later' }),
  to: day.optional().meta({ description: 'It was said by the end of this day' }),
}

/** GET /v1/statements */
export const listStatements: Route = (api, apiReads) => {
  api.get(
    '/v1/statements',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Statements'],
        summary: 'List statements',
        description:
          'By dossier, then the last day on which they can have been said. What was merged away is in its survivor.',
        querystring: z.strictObject({ ...filters, ...pageParameters }),
        response: answers(pageOf(StatementResource, 'StatementPage'), 'A page of statements', ['CURSOR_INVALID']),
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...given } = request.query
      const page = await withActors(
        apiReads,
        given,
        ['actor', 'speaker'],
        (filters) => readPage(apiReads.reads, LIST_STATEMENTS, STATEMENTS_CURSOR, { filters, limit, cursor }),
        ({ count }) => count === 0,
      )
      const states = JSON.parse(`[${page.items}]`) as StatementState[]
      return sendJson(
        request,
        reply,
        pageText(
          states.map((state) => JSON.stringify(renderStatement(state))),
          page.next,
        ),
      )
    },
  )
}
