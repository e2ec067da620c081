import { ConflictResource, pageOf } from '#libs/contracts/resources.js'
import { CONFLICT_KINDS } from '#libs/contracts/vocabulary.js'
import { z } from 'zod'
import { readAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks } from '../clocks/clock-query.js'
import { withRevoked } from '../changes/list-changes.sql.js'
import { placedConflicts } from '../clocks/render-at.js'
import {
  actorText,
  answers,
  booleanParameter,
  dossierFilter,
  exportTypes,
  facetFilter,
  idText,
  listParameters,
  matterFilter,
} from '../describe.js'
import { EXPORT_MS_MAX } from '../lists/export-list.js'
import {
  checkMatterFilter,
  checkRevoked,
  includeNarrower,
  mattersAsked,
  matterTree,
  type LiveFilters,
} from '../lists/list-filters.js'
import type { Listed } from '../lists/listed.js'
import { sendList, sendListAt } from '../lists/send-list.js'
import type { Route } from '../route.js'
import { CONFLICT_COLUMNS } from './conflict-columns.js'
import { CONFLICTS_CURSOR, LIST_CONFLICTS, type ConflictFilter } from './list-conflicts.sql.js'

export const CONFLICTS: Listed<ConflictResource, ConflictFilter> = {
  name: 'conflicts',
  query: LIST_CONFLICTS,
  cursor: CONFLICTS_CURSOR,
  columns: CONFLICT_COLUMNS,
}

const filters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: dossierFilter,
  matter: matterFilter,
  includeNarrower,
  facet: facetFilter,
  kind: z.enum(CONFLICT_KINDS).optional().meta({ description: 'CONTRADICTION: one speaker; INCONSISTENT_VOICE: two' }),
  statement: idText.optional().meta({ description: 'Either of the two' }),
  open: booleanParameter.optional().meta({ description: 'true: not settled; false: settled or withdrawn' }),
  includeRevoked: booleanParameter.optional().meta({ description: 'Also what later recording has made untrue' }),
}

/** GET /v1/conflicts */
export const listConflicts: Route = (api, apiReads) => {
  api.get(
    '/v1/conflicts',
    {
      config: { scope: 'read' },
      handlerTimeout: EXPORT_MS_MAX,
      schema: {
        tags: ['Conflicts'],
        summary: 'List conflicts',
        description: "Pairs of one actor's statements that cannot both stand.",
        querystring: z.strictObject({ ...filters, ...clockParameters, ...listParameters }),
        response: answers(
          pageOf(ConflictResource, 'ConflictPage'),
          'A page of conflicts, or all of them as NDJSON or CSV',
          ['CURSOR_INVALID', 'PARAMETERS_CONTRADICTORY', ...CLOCK_ERRORS],
          exportTypes(CONFLICTS),
        ),
      },
    },
    async (request, reply) => {
      const { format, limit, cursor, asOf, publicAt, knownAt, reducer, ...given } = request.query
      const asked = { format, limit, cursor }
      const clocks = parseClocks({ asOf, publicAt, knownAt, reducer }, new Date())
      checkMatterFilter(given)
      checkRevoked(given.includeRevoked, clocks)
      if (clocks === null) return sendList(apiReads, request, reply, CONFLICTS, liveFilters(given), asked)
      const { tracks, registry, cited } = await readAt(apiReads, clocks, given)
      const matters = mattersAsked(registry, given)
      const placed = tracks.flatMap(placedConflicts).filter(({ item }) => fits(item, given, matters))
      return sendListAt(apiReads, request, reply, CONFLICTS, { placed, cited }, asked)
    },
  )
}

type Filters = { readonly [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

const liveFilters = ({ matter, includeNarrower, includeRevoked, ...given }: Filters): LiveFilters<ConflictFilter> => ({
  given: { ...given, ...withRevoked(includeRevoked), matter: includeNarrower === true ? undefined : matter },
  actors: ['actor'],
  byRegistry:
    includeNarrower === true && matter !== undefined
      ? (registry) => ({
          matters: matterTree(registry, matter),
          // by its dossier, too: that is how conflicts are kept
          dossier: given.dossier ?? registry.matters.get(matter)?.dossier,
        })
      : undefined,
})

/** What the conditions of list-conflicts.sql.ts ask, of a conflict that was folded for this read; its actor is chosen already. */
const fits = (
  conflict: ConflictResource,
  { dossier, facet, kind, statement, open }: Filters,
  matters: ReadonlySet<string> | undefined,
): boolean =>
  (dossier === undefined || conflict.dossier === dossier) &&
  (matters === undefined || conflict.matters.some((matter) => matters.has(matter))) &&
  (facet === undefined || conflict.facet === facet) &&
  (kind === undefined || conflict.kind === kind) &&
  (statement === undefined || conflict.statements.includes(statement)) &&
  (open === undefined || (conflict.settledBy === null) === open)
