import { ChangeResource, pageOf } from '#libs/contracts/resources.js'
import { z } from 'zod'
import { redirectTo, sendJson } from '../answers.js'
import { LIST_CHANGES, CHANGES_CURSOR } from '../changes/list-changes.sql.js'
import { answers, booleanParameter, MOVED_PERMANENTLY, pageParameters } from '../describe.js'
import { readPage } from '../reads/page-query.js'
import type { Route } from '../route.js'
import { placeOf } from './position-place.js'
import { positionPath, positionPathOf } from './read-position.js'

/** GET /v1/positions/{actor}/{matter}/{facet}/history */
export const positionHistory: Route = (api, { reads, registry }) => {
  api.get(
    '/v1/positions/:actor/:matter/:facet/history',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Positions'],
        summary: "Read a position's history",
        description: 'Its changes, in the order of the fold. Entailed positions have none of their own.',
        params: positionPath,
        querystring: z.strictObject({
          includeRevoked: booleanParameter.optional().meta({ description: 'Also what was made untrue since' }),
          ...pageParameters,
        }),
        response: {
          ...answers(pageOf(ChangeResource, 'HistoryPage'), 'A page of changes', [
            'POSITION_UNKNOWN',
            'CURSOR_INVALID',
          ]),
          ...MOVED_PERMANENTLY,
        },
      },
    },
    async (request, reply) => {
      const { limit, cursor, includeRevoked } = request.query
      const filters = { ...request.params, revoked: includeRevoked === true ? undefined : false }
      const page = await readPage(reads, LIST_CHANGES, CHANGES_CURSOR, { filters, limit, cursor })
      if (page.count > 0) return sendJson(request, reply, page.body)
      const place = placeOf(await reads.snapshot((snapshot) => registry.at(snapshot)), request.params)
      if (place.actor === request.params.actor) return sendJson(request, reply, page.body)
      return redirectTo(request, reply, `/v1/positions/${positionPathOf(place)}/history`)
    },
  )
}
