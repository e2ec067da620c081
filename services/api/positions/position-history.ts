import { ChangeResource, pageOf } from '#libs/contracts/resources.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { redirectTo, sendJson } from '../answers.js'
import { LIST_CHANGES, CHANGES_CURSOR, withRevoked } from '../changes/list-changes.sql.js'
import { readAt, sendAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks, type ReadClocks } from '../clocks/clock-query.js'
import { pageOfItems } from '../clocks/page-of-items.js'
import { placedChanges } from '../clocks/render-at.js'
import { answers, booleanParameter, MOVED_PERMANENTLY, pageParameters } from '../describe.js'
import { checkRevoked } from '../lists/list-filters.js'
import { readPage } from '../reads/read-page.js'
import type { ApiReads, Route } from '../route.js'
import { placeOf } from './position-place.js'
import type { PositionKey } from './position-reader.js'
import { positionPath, positionPathOf } from './read-position.js'

/** GET /v1/positions/{actor}/{matter}/{facet}/history */
export const positionHistory: Route = (api, apiReads) => {
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
          ...clockParameters,
          ...pageParameters,
        }),
        response: {
          ...answers(pageOf(ChangeResource, 'HistoryPage'), 'A page of changes', [
            'POSITION_UNKNOWN',
            ...CLOCK_ERRORS,
            'CURSOR_INVALID',
            'PARAMETERS_CONTRADICTORY',
          ]),
          ...MOVED_PERMANENTLY,
        },
      },
    },
    async (request, reply) => {
      const { limit, cursor, includeRevoked } = request.query
      const clocks = parseClocks(request.query, new Date())
      checkRevoked(includeRevoked, clocks)
      if (clocks !== null) return historyAt(apiReads, clocks, request, reply)
      const { reads, registry } = apiReads
      const filters = { ...request.params, ...withRevoked(includeRevoked) }
      const page = await readPage(reads, LIST_CHANGES, CHANGES_CURSOR, { filters, limit, cursor })
      if (page.count > 0) return sendJson(request, reply, page.body)
      const place = placeOf(await reads.snapshot((snapshot) => registry.at(snapshot)), request.params)
      if (place.actor === request.params.actor) return sendJson(request, reply, page.body)
      return redirectTo(request, reply, `/v1/positions/${positionPathOf(place)}/history`)
    },
  )
}

interface HistoryRequest {
  Params: PositionKey
  Querystring: { limit: number; cursor?: string | undefined }
}

const historyAt = async (
  apiReads: ApiReads,
  clocks: ReadClocks,
  request: FastifyRequest<HistoryRequest>,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const key = request.params
  const { tracks, registry, cited } = await readAt(
    apiReads,
    clocks,
    { actor: key.actor, matter: key.matter },
    (known) => {
      placeOf(known, key)
    },
  )
  const place = placeOf(registry, key)
  if (place.actor !== key.actor) return redirectTo(request, reply, `/v1/positions/${positionPathOf(place)}/history`)
  const changes = tracks
    .flatMap(placedChanges)
    .filter(({ item }) => item.matter === place.matter && item.facet === place.facet)
  return sendAt(apiReads, request, reply, cited, pageOfItems(changes, CHANGES_CURSOR, request.query).body)
}
