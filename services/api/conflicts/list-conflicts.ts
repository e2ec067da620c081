import { ConflictResource, pageOf } from '#libs/contracts/resources.js'
import { CONFLICT_KINDS } from '#libs/contracts/vocabulary.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { readAt, sendAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks } from '../clocks/clock-query.js'
import { withRevoked } from '../changes/list-changes.sql.js'
import { pageOfItems } from '../clocks/page-of-items.js'
import { placedConflicts } from '../clocks/render-at.js'
import {
  actorText,
  answers,
  booleanParameter,
  dossierFilter,
  facetFilter,
  idText,
  matterFilter,
  pageParameters,
} from '../describe.js'
import { withActors } from '../reads/actor-filter.js'
import { readPage } from '../reads/page-query.js'
import type { Route } from '../route.js'
import { CONFLICTS_CURSOR, LIST_CONFLICTS } from './list-conflicts.sql.js'

const filters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: dossierFilter,
  matter: matterFilter,
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
      schema: {
        tags: ['Conflicts'],
        summary: 'List conflicts',
        description: "Pairs of one actor's statements that cannot both stand.",
        querystring: z.strictObject({ ...filters, ...clockParameters, ...pageParameters }),
        response: answers(pageOf(ConflictResource, 'ConflictPage'), 'A page of conflicts', [
          'CURSOR_INVALID',
          ...CLOCK_ERRORS,
        ]),
      },
    },
    async (request, reply) => {
      const { limit, cursor, includeRevoked, asOf, publicAt, knownAt, reducer, ...given } = request.query
      const clocks = parseClocks({ asOf, publicAt, knownAt, reducer }, new Date())
      if (clocks !== null) {
        const { tracks, cited } = await readAt(apiReads, clocks, given)
        const items = tracks.flatMap(placedConflicts).filter(({ item }) => fits(item, given))
        return sendAt(apiReads, request, reply, cited, pageOfItems(items, CONFLICTS_CURSOR, { limit, cursor }))
      }
      const page = await withActors(
        apiReads,
        { ...given, ...withRevoked(includeRevoked) },
        ['actor'],
        (filters) => readPage(apiReads.reads, LIST_CONFLICTS, CONFLICTS_CURSOR, { filters, limit, cursor }),
        ({ count }) => count === 0,
      )
      return sendJson(request, reply, page.body)
    },
  )
}

type Filters = { readonly [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

/** What the conditions of list-conflicts.sql.ts ask, of a conflict that was folded for this read; its actor is chosen already. */
const fits = (conflict: ConflictResource, { dossier, matter, facet, kind, statement, open }: Filters): boolean =>
  (dossier === undefined || conflict.dossier === dossier) &&
  (matter === undefined || conflict.matters.includes(matter)) &&
  (facet === undefined || conflict.facet === facet) &&
  (kind === undefined || conflict.kind === kind) &&
  (statement === undefined || conflict.statements.includes(statement)) &&
  (open === undefined || (conflict.settledBy === null) === open)
