import { PositionResource } from '#libs/contracts/resources.js'
import { renderNoPosition } from '#libs/resources/position-resource.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { redirectTo, segment, sendJson } from '../answers.js'
import { readAt, sendAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks, type ReadClocks } from '../clocks/clock-query.js'
import { positionsAt, possibleOn } from '../clocks/render-at.js'
import { actorText, answers, idText, MOVED_PERMANENTLY } from '../describe.js'
import type { ApiReads, Route } from '../route.js'
import { placeOf } from './position-place.js'
import type { PositionKey } from './position-reader.js'
import { READ_POSITION_BODY } from './read-position.sql.js'

export const positionPath = z.object({
  actor: actorText.meta({ description: 'Id, name or alias', examples: ['irn'] }),
  matter: idText.meta({ description: 'Id of the matter', examples: ['irn-rus.uav'] }),
  facet: z
    .string()
    .max(20)
    .meta({ description: 'FACT, INTENT or NORM', examples: ['FACT'] }),
})

/** GET /v1/positions/{actor}/{matter}/{facet} */
export const readPosition: Route = (api, apiReads) => {
  api.get(
    '/v1/positions/:actor/:matter/:facet',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Positions'],
        summary: 'Read one position',
        description: 'A known actor that has said nothing on a known matter holds `value: null`.',
        params: positionPath,
        querystring: z.strictObject(clockParameters),
        response: {
          ...answers(PositionResource, 'The position', ['POSITION_UNKNOWN', ...CLOCK_ERRORS]),
          ...MOVED_PERMANENTLY,
        },
      },
    },
    (request, reply) => {
      const clocks = parseClocks(request.query, new Date())
      return clocks === null ? readLive(apiReads, request, reply) : readPositionAt(apiReads, clocks, request, reply)
    },
  )
}

const readLive = async (apiReads: ApiReads, request: PositionRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const key = request.params
  const stored = await apiReads.positions.read(key)
  if (stored !== null) return sendJson(request, reply, stored)
  const found = await findWithoutBody(apiReads, key)
  if (found.actor === key.actor) return sendJson(request, reply, found.body)
  return redirectTo(request, reply, `/v1/positions/${positionPathOf({ ...key, actor: found.actor })}`)
}

export const positionPathOf = ({ actor, matter, facet }: PositionKey): string =>
  [actor, matter, facet].map(segment).join('/')

type PositionRequest = FastifyRequest<{ Params: PositionKey }>

const readPositionAt = async (
  apiReads: ApiReads,
  clocks: ReadClocks,
  request: PositionRequest,
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
  if (place.actor !== key.actor) return redirectTo(request, reply, `/v1/positions/${positionPathOf(place)}`)
  const [track] = tracks
  const found =
    track && positionsAt(track).find(({ matter, facet }) => matter === place.matter && facet === place.facet)
  const possible = track ? possibleOn(track, place.matter, place.facet) : []
  const position = found ?? renderNoPosition(place, place.matter, place.facet, possible)
  return sendAt(apiReads, request, reply, cited, JSON.stringify(position))
}

/** What there is to say where no body was found: an alias, nothing that is known, no position, or one that came just now. */
const findWithoutBody = ({ reads, registry }: ApiReads, key: PositionKey): Promise<{ actor: string; body: string }> =>
  reads.snapshot(async (snapshot) => {
    const place = placeOf(await registry.at(snapshot), key)
    const { actor, dossier, matter, facet } = place
    const [row] = await snapshot.rows<StoredBody>(READ_POSITION_BODY, [actor, matter, facet, dossier])
    if (row?.body) return { actor, body: row.body }
    return { actor, body: JSON.stringify({ ...renderNoPosition(place, matter, facet), stale: row?.staleCode ?? null }) }
  })

export interface StoredBody {
  readonly body: string | null
  readonly staleCode: string | null
}
