import { ConditionResource, type PositionResource } from '#libs/contracts/resources.js'
import type { Registry } from '#libs/ledger/registry.js'
import { renderResolvedCondition } from '#libs/resources/condition-resource.js'
import { renderNoPosition } from '#libs/resources/position-resource.js'
import { z } from 'zod'
import { redirectTo, sendJson } from '../answers.js'
import { readAt, sendAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks, type ReadClocks } from '../clocks/clock-query.js'
import { positionsAt } from '../clocks/render-at.js'
import { answers, MOVED_PERMANENTLY } from '../describe.js'
import type { ApiReads, Route } from '../route.js'
import { placeOf, type KnownPlace } from './position-place.js'
import type { PositionKey } from './position-reader.js'
import { positionPath, positionPathOf, type StoredBody } from './read-position.js'
import { READ_CONDITION_POSITIONS, READ_POSITION_BODY } from './read-position.sql.js'

/** GET /v1/positions/{actor}/{matter}/{facet}/condition */
export const positionCondition: Route = (api, apiReads) => {
  api.get(
    '/v1/positions/:actor/:matter/:facet/condition',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Positions'],
        summary: "Read whether a position's condition is met",
        description: 'By what the actor itself holds; what others hold is listed and decides nothing.',
        params: positionPath,
        querystring: z.strictObject(clockParameters),
        response: {
          ...answers(ConditionResource, 'The condition', ['POSITION_UNKNOWN', ...CLOCK_ERRORS]),
          ...MOVED_PERMANENTLY,
        },
      },
    },
    async (request, reply) => {
      const clocks = parseClocks(request.query, new Date())
      const { place, condition, cited } = await (clocks === null
        ? liveCondition(apiReads, request.params)
        : conditionAt(apiReads, clocks, request.params))
      if (place.actor !== request.params.actor)
        return redirectTo(request, reply, `/v1/positions/${positionPathOf(place)}/condition`)
      const body = JSON.stringify(condition)
      return cited === null ? sendJson(request, reply, body) : sendAt(apiReads, request, reply, cited, body)
    },
  )
}

interface FoundCondition {
  readonly place: KnownPlace
  readonly condition: ConditionResource
  /** Null for a live read. */
  readonly cited: ReadClocks | null
}

const liveCondition = ({ reads, registry }: ApiReads, key: PositionKey): Promise<FoundCondition> =>
  reads.snapshot(async (snapshot) => {
    const place = placeOf(await registry.at(snapshot), key)
    const { actor, dossier, matter, facet } = place
    const [row] = await snapshot.rows<StoredBody>(READ_POSITION_BODY, [actor, matter, facet, dossier])
    const position = row?.body ? (JSON.parse(row.body) as PositionResource) : noPosition(place)
    if (position.condition === null) return { place, cited: null, condition: renderResolvedCondition(position, []) }
    const on = position.condition
    const rows = await snapshot.rows<{ body: string }>(READ_CONDITION_POSITIONS, [on.matter, on.facet])
    const positions = rows.map(({ body }) => JSON.parse(body) as PositionResource)
    return { place, cited: null, condition: renderResolvedCondition(position, positions) }
  })

/** A condition names a matter of the same dossier, so the dossier's tracks hold all that is needed. */
const conditionAt = async (apiReads: ApiReads, clocks: ReadClocks, key: PositionKey): Promise<FoundCondition> => {
  const known = (registry: Registry): KnownPlace => placeOf(registry, key)
  const { tracks, registry, cited } = await readAt(apiReads, clocks, { matter: key.matter }, known)
  const place = known(registry)
  const positions = tracks.flatMap(positionsAt)
  const own = positions.find(
    ({ actor, matter, facet }) => actor === place.actor && matter === place.matter && facet === place.facet,
  )
  return { place, cited, condition: renderResolvedCondition(own ?? noPosition(place), positions) }
}

const noPosition = (place: KnownPlace): PositionResource => renderNoPosition(place, place.matter, place.facet)
