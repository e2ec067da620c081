import { pageOf, PositionResource } from '#libs/contracts/resources.js'
import { ALL_VALUES, ROLES } from '#libs/contracts/vocabulary.js'
import { z } from 'zod'
import { readAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks } from '../clocks/clock-query.js'
import { positionsAt } from '../clocks/render-at.js'
import {
  actorText,
  answers,
  booleanParameter,
  dossierFilter,
  exportTypes,
  facetFilter,
  listParameters,
  matterFilter,
} from '../describe.js'
import { EXPORT_MS_MAX } from '../lists/export-list.js'
import {
  authoritiesFrom,
  checkMatterFilter,
  includeNarrower,
  mattersAsked,
  matterTree,
  minAuthority,
  type LiveFilters,
} from '../lists/list-filters.js'
import type { Listed } from '../lists/listed.js'
import { sendList, sendListAt } from '../lists/send-list.js'
import type { Route } from '../route.js'
import { LIST_POSITIONS, POSITIONS_CURSOR, type PositionFilter } from './list-positions.sql.js'
import { POSITION_COLUMNS } from './position-columns.js'

export const POSITIONS: Listed<PositionResource, PositionFilter> = {
  name: 'positions',
  query: LIST_POSITIONS,
  cursor: POSITIONS_CURSOR,
  columns: POSITION_COLUMNS,
}

const filters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: dossierFilter,
  matter: matterFilter,
  includeNarrower,
  facet: facetFilter,
  value: z
    .enum(ALL_VALUES)
    .optional()
    .meta({ description: 'The value that is held', examples: ['ADMIT_PARTIAL'] }),
  role: z.enum(ROLES).optional().meta({ description: "The actor's part in the matter" }),
  minAuthority: minAuthority('of the headline, as it counts for the actor'),
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
      handlerTimeout: EXPORT_MS_MAX,
      schema: {
        tags: ['Positions'],
        summary: 'List positions',
        description: 'Current positions, direct and entailed, by actor, matter and facet.',
        querystring: z.strictObject({ ...filters, ...clockParameters, ...listParameters }),
        response: answers(
          pageOf(PositionResource, 'PositionPage'),
          'A page of positions, or all of them as NDJSON or CSV',
          ['CURSOR_INVALID', 'PARAMETERS_CONTRADICTORY', ...CLOCK_ERRORS],
          exportTypes(POSITIONS),
        ),
      },
    },
    async (request, reply) => {
      const { format, limit, cursor, asOf, publicAt, knownAt, reducer, ...given } = request.query
      const asked = { format, limit, cursor }
      checkMatterFilter(given)
      const clocks = parseClocks({ asOf, publicAt, knownAt, reducer }, new Date())
      if (clocks === null) return sendList(apiReads, request, reply, POSITIONS, liveFilters(given), asked)
      const { tracks, registry, cited } = await readAt(apiReads, clocks, given)
      const matters = mattersAsked(registry, given)
      const placed = tracks
        .flatMap(positionsAt)
        .filter((position) => fits(position, given, matters))
        .map(placedPosition)
      return sendListAt(apiReads, request, reply, POSITIONS, { placed, cited }, asked)
    },
  )
}

type Filters = { readonly [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

const liveFilters = ({ matter, includeNarrower, minAuthority, ...given }: Filters): LiveFilters<PositionFilter> => ({
  given: {
    ...given,
    authorities: authoritiesFrom(minAuthority),
    matter: includeNarrower === true ? undefined : matter,
  },
  actors: ['actor'],
  byRegistry:
    includeNarrower === true && matter !== undefined
      ? (registry) => ({ matters: matterTree(registry, matter) })
      : undefined,
})

const placedPosition = (item: PositionResource) => ({ key: [item.actor, item.matter, item.facet] as const, item })

/** What the conditions of list-positions.sql.ts ask, of a position that was folded for this read; its actor is chosen already. */
const fits = (
  position: PositionResource,
  { dossier, facet, value, role, minAuthority, contested, entailed }: Filters,
  matters: ReadonlySet<string> | undefined,
): boolean =>
  (dossier === undefined || position.dossier === dossier) &&
  (matters?.has(position.matter) ?? true) &&
  (facet === undefined || position.facet === facet) &&
  (value === undefined || position.value === value) &&
  (role === undefined || position.role === role) &&
  (minAuthority === undefined ||
    (position.authority !== null && authoritiesFrom(minAuthority)?.includes(position.authority) === true)) &&
  (contested === undefined || position.contestedBy.length > 0 === contested) &&
  (entailed === undefined || (position.entailedFrom !== null) === entailed)
