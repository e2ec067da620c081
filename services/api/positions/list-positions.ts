import { pageOf, PositionResource } from '#libs/contracts/resources.js'
import { ALL_VALUES, FACETS, ROLES } from '#libs/contracts/vocabulary.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { actorText, answers, booleanParameter, idText, pageParameters } from '../describe.js'
import { withActors } from '../reads/actor-filter.js'
import { readPage } from '../reads/page-query.js'
import type { Route } from '../route.js'
import { LIST_POSITIONS, POSITIONS_CURSOR } from './list-positions.sql.js'

const filters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: idText.optional(),
  matter: idText.optional(),
  facet: z.enum(FACETS).optional(),
  value: z.enum(ALL_VALUES).optional(),
  role: z.enum(ROLES).optional().meta({ description: "The actor's part in the matter" }),
  contested: booleanParameter.optional().meta({ description: 'Whether a conflict is open on it' }),
  entailed: booleanParameter
    .optional()
    .meta({ description: 'true: only positions that follow from another level; false: only direct ones' }),
}

/** GET /v1/positions */
export const listPositions: Route = (api, apiReads) => {
  api.get(
    '/v1/positions',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Positions'],
        summary: 'List positions',
        description: 'Current positions, direct and entailed, by actor, matter and facet.',
        querystring: z.strictObject({ ...filters, ...pageParameters }),
        response: answers(pageOf(PositionResource, 'PositionPage'), 'A page of positions', ['CURSOR_INVALID']),
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...given } = request.query
      const page = await withActors(
        apiReads,
        given,
        ['actor'],
        (filters) => readPage(apiReads.reads, LIST_POSITIONS, POSITIONS_CURSOR, { filters, limit, cursor }),
        ({ count }) => count === 0,
      )
      return sendJson(request, reply, page.body)
    },
  )
}
