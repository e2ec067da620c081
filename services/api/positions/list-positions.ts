import { pageOf, PositionResource } from '#libs/contracts/resources.js'
import { ALL_VALUES, ROLES } from '#libs/contracts/vocabulary.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { readAt, sendAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks } from '../clocks/clock-query.js'
import { pageOfItems } from '../clocks/page-of-items.js'
import { positionsAt } from '../clocks/render-at.js'
import {
  actorText,
  answers,
  booleanParameter,
  dossierFilter,
  facetFilter,
  matterFilter,
  pageParameters,
} from '../describe.js'
import { withActors } from '../reads/actor-filter.js'
import { readPage } from '../reads/page-query.js'
import type { Route } from '../route.js'
import { LIST_POSITIONS, POSITIONS_CURSOR } from './list-positions.sql.js'

const filters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: dossierFilter,
  matter: matterFilter,
  facet: facetFilter,
  value: z
    .enum(ALL_VALUES)
    .optional()
    .meta({ description: 'The value that is held', examples: ['ADMIT_PARTIAL'] }),
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
        querystring: z.strictObject({ ...filters, ...clockParameters, ...pageParameters }),
        response: answers(pageOf(PositionResource, 'PositionPage'), 'A page of positions', [
          'CURSOR_INVALID',
          ...CLOCK_ERRORS,
        ]),
      },
    },
    async (request, reply) => {
      const { limit, cursor, asOf, publicAt, knownAt, reducer, ...given } = request.query
      const clocks = parseClocks({ asOf, publicAt, knownAt, reducer }, new Date())
      if (clocks !== null) {
        const { tracks, cited } = await readAt(apiReads, clocks, given)
        const items = tracks.flatMap(positionsAt).filter((position) => fits(position, given))
        const page = pageOfItems(items.map(placed), POSITIONS_CURSOR, { limit, cursor })
        return sendAt(apiReads, request, reply, cited, page)
      }
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

type Filters = { readonly [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

const placed = (item: PositionResource) => ({ key: [item.actor, item.matter, item.facet] as const, item })

/** What the conditions of list-positions.sql.ts ask, of a position that was folded for this read; its actor is chosen already. */
const fits = (
  position: PositionResource,
  { dossier, matter, facet, value, role, contested, entailed }: Filters,
): boolean =>
  (dossier === undefined || position.dossier === dossier) &&
  (matter === undefined || position.matter === matter) &&
  (facet === undefined || position.facet === facet) &&
  (value === undefined || position.value === value) &&
  (role === undefined || position.role === role) &&
  (contested === undefined || position.contestedBy.length > 0 === contested) &&
  (entailed === undefined || (position.entailedFrom !== null) === entailed)
