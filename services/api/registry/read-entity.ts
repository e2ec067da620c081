import { LedgerError } from '#libs/contracts/error-codes.js'
import { z } from 'zod'
import { redirectTo, segment, sendJson } from '../answers.js'
import { clockParameters, parseClocks, REGISTRY_CLOCK_ERRORS } from '../clocks/clock-query.js'
import { registryAt } from '../clocks/fold-at.js'
import { actorText, answers, MOVED_PERMANENTLY } from '../describe.js'
import type { Api, ApiReads, Route } from '../route.js'
import { COLLECTIONS, type Collection } from './collections.js'

/** GET /v1/actors/{id}, /v1/offices/{id}, /v1/dossiers/{id}, /v1/matters/{id}, /v1/sources/{id} */
export const readEntity: Route = (api, apiReads) => {
  for (const collection of COLLECTIONS) readOne(api, apiReads, collection)
}

const readOne = (api: Api, apiReads: ApiReads, collection: Collection): void => {
  api.get(
    `/v1/${collection.path}/:id`,
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Registry'],
        summary: `Read one ${collection.title}`,
        description: 'As it is registered now, or as it was known at an instant.',
        params: z.object({ id: actorText.describe(`Id of the ${collection.title}; an actor also by name or alias`) }),
        querystring: z.strictObject({ knownAt: clockParameters.knownAt }),
        response: {
          ...answers(collection.resource, `The ${collection.title}`, [collection.unknown, ...REGISTRY_CLOCK_ERRORS]),
          ...(collection.canonical ? MOVED_PERMANENTLY : {}),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { knownAt } = request.query
      const clocks = parseClocks({ knownAt }, new Date())
      const known = await apiReads.reads.snapshot((snapshot) => registryAt(apiReads, snapshot, clocks ?? {}))
      const canonical = collection.canonical?.(known, id) ?? id
      if (canonical !== id) return redirectTo(request, reply, `/v1/${collection.path}/${segment(canonical)}`)
      const entity = collection.render(known, id)
      if (!entity) throw new LedgerError(collection.unknown)
      return sendJson(request, reply, JSON.stringify(entity), clocks === null ? 'live' : 'pinned')
    },
  )
}
