import { ChangeResource, pageOf } from '#libs/contracts/resources.js'
import { CHANGE_KINDS, FACETS } from '#libs/contracts/vocabulary.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { actorText, answers, booleanParameter, idText, pageParameters } from '../describe.js'
import { withActors } from '../reads/actor-filter.js'
import { readPage } from '../reads/page-query.js'
import type { Route } from '../route.js'
import { CHANGES_CURSOR, LIST_CHANGES } from './list-changes.sql.js'

const filters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: idText.optional(),
  matter: idText.optional(),
  facet: z.enum(FACETS).optional(),
  kind: z.enum(CHANGE_KINDS).optional(),
  reversesEarlier: booleanParameter.optional().meta({ description: 'Whether its sign is opposite to the last one' }),
  includeRevoked: booleanParameter.optional().meta({ description: 'Also what later recording has made untrue' }),
}

/** GET /v1/changes */
export const listChanges: Route = (api, apiReads) => {
  api.get(
    '/v1/changes',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Changes'],
        summary: 'List changes of positions',
        description: 'By the day from which they hold; those of one actor and dossier in the order of the fold.',
        querystring: z.strictObject({ ...filters, ...pageParameters }),
        response: answers(pageOf(ChangeResource, 'ChangePage'), 'A page of changes', ['CURSOR_INVALID']),
      },
    },
    async (request, reply) => {
      const { limit, cursor, includeRevoked, ...given } = request.query
      const page = await withActors(
        apiReads,
        { ...given, revoked: includeRevoked === true ? undefined : false },
        ['actor'],
        (filters) => readPage(apiReads.reads, LIST_CHANGES, CHANGES_CURSOR, { filters, limit, cursor }),
        ({ count }) => count === 0,
      )
      return sendJson(request, reply, page.body)
    },
  )
}
