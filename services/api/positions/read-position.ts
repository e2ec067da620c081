import { PositionResource } from '#libs/contracts/resources.js'
import { renderNoPosition } from '#libs/resources/position-resource.js'
import { z } from 'zod'
import { redirectTo, segment, sendJson } from '../answers.js'
import { actorText, answers, idText, MOVED_PERMANENTLY } from '../describe.js'
import type { ApiReads, Route } from '../route.js'
import { placeOf } from './position-place.js'
import type { PositionKey } from './position-reader.js'
import { READ_POSITION_BODY } from './read-position.sql.js'

export const positionPath = z.object({
  actor: actorText.meta({ description: 'Id, name or alias', examples: ['irn'] }),
  matter: idText.meta({ examples: ['irn-rus.uav'] }),
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
        response: {
          ...answers(PositionResource, 'The position', ['POSITION_UNKNOWN']),
          ...MOVED_PERMANENTLY,
        },
      },
    },
    async (request, reply) => {
      const stored = await apiReads.positions.read(request.params)
      if (stored !== null) return sendJson(request, reply, stored)
      const found = await findWithoutBody(apiReads, request.params)
      if (found.actor !== request.params.actor)
        return redirectTo(request, reply, `/v1/positions/${positionPathOf({ ...request.params, actor: found.actor })}`)
      return sendJson(request, reply, found.body)
    },
  )
}

export const positionPathOf = ({ actor, matter, facet }: PositionKey): string =>
  [actor, matter, facet].map(segment).join('/')

/** What there is to say where no body was found: an alias, nothing that is known, no position, or one that came just now. */
const findWithoutBody = ({ reads, registry }: ApiReads, key: PositionKey): Promise<{ actor: string; body: string }> =>
  reads.snapshot(async (snapshot) => {
    const place = placeOf(await registry.at(snapshot), key)
    const [row] = await snapshot.rows<{ body: string }>(READ_POSITION_BODY, [place.actor, place.matter, place.facet])
    return { actor: place.actor, body: row?.body ?? JSON.stringify(renderNoPosition(place, place.matter, place.facet)) }
  })
