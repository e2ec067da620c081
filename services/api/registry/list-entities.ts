import { pageOf } from '#libs/contracts/resources.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { clockParameters, parseClocks, REGISTRY_CLOCK_ERRORS } from '../clocks/clock-query.js'
import { registryAt } from '../clocks/fold-at.js'
import { answers, pageParameters } from '../describe.js'
import { cursorOf, keyText } from '../reads/cursors.js'
import { pageText } from '../reads/read-page.js'
import type { Api, ApiReads, Route } from '../route.js'
import { COLLECTIONS, type Collection } from './collections.js'

/** GET /v1/actors, /v1/offices, /v1/dossiers, /v1/matters, /v1/sources */
export const listEntities: Route = (api, apiReads) => {
  for (const collection of COLLECTIONS) listOf(api, apiReads, collection)
}

const listOf = (api: Api, apiReads: ApiReads, collection: Collection): void => {
  const codec = cursorOf(collection.path, [keyText])
  api.get(
    `/v1/${collection.path}`,
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Registry'],
        summary: `List ${collection.path}`,
        description: 'By id.',
        querystring: z.strictObject({ ...collection.filters, knownAt: clockParameters.knownAt, ...pageParameters }),
        response: answers(pageOf(collection.resource, collection.pageId), `A page of ${collection.path}`, [
          'CURSOR_INVALID',
          ...REGISTRY_CLOCK_ERRORS,
        ]),
      },
    },
    async (request, reply) => {
      const { limit, cursor, knownAt, ...filters } = request.query as PageQuery
      const [after] = cursor === undefined ? [''] : codec.decode(cursor)
      const clocks = parseClocks({ knownAt }, new Date())
      const known = await apiReads.reads.snapshot((snapshot) => registryAt(apiReads, snapshot, clocks ?? {}))
      const ids = collection
        .select(known, filters as Record<string, string>)
        .filter((id) => id > after)
        .sort()
      const items = ids.slice(0, limit)
      const last = ids.length > limit ? items.at(-1) : undefined
      return sendJson(
        request,
        reply,
        pageText(
          items.map((id) => JSON.stringify(collection.render(known, id))),
          last === undefined ? null : codec.encode([last]),
        ),
        clocks === null ? 'live' : 'pinned',
      )
    },
  )
}

interface PageQuery extends Record<string, unknown> {
  limit: number
  cursor?: string
  knownAt?: string
}
