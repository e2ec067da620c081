import { ChangeResource, pageOf } from '#libs/contracts/resources.js'
import { CHANGE_KINDS, FACETS } from '#libs/contracts/vocabulary.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { readAt, sendAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks } from '../clocks/clock-query.js'
import { pageOfItems } from '../clocks/page-of-items.js'
import { placedChanges } from '../clocks/render-at.js'
import { actorText, answers, booleanParameter, idText, pageParameters } from '../describe.js'
import { withActors } from '../reads/actor-filter.js'
import { readPage } from '../reads/page-query.js'
import type { Route } from '../route.js'
import { CHANGES_CURSOR, LIST_CHANGES, withRevoked } from './list-changes.sql.js'

const filters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: idText.optional(),
  matter: idText.optional(),
  facet: z.enum(FACETS).optional(),
  kind: z.enum(CHANGE_KINDS).optional(),
  reversesEarlier: booleanParameter.optional().meta({ description: 'Whether its sign is opposite to the last one' }),
  includeRevoked: booleanParameter.optional().meta({ description: 'Also what later recording has made untrue' }),
}

/** GET /v1/changes */
export const listChanges: Route = (api, apiReads) => {
  api.get(
    '/v1/changes',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Changes'],
        summary: 'List changes of positions',
        description: 'By dossier, then the day from which they hold; those of one actor in the order of the fold.',
        querystring: z.strictObject({ ...filters, ...clockParameters, ...pageParameters }),
        response: answers(pageOf(ChangeResource, 'ChangePage'), 'A page of changes', [
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
        const items = tracks.flatMap(placedChanges).filter(({ item }) => fits(item, given))
        return sendAt(apiReads, request, reply, cited, pageOfItems(items, CHANGES_CURSOR, { limit, cursor }))
      }
      const page = await withActors(
        apiReads,
        { ...given, ...withRevoked(includeRevoked) },
        ['actor'],
        (filters) => readPage(apiReads.reads, LIST_CHANGES, CHANGES_CURSOR, { filters, limit, cursor }),
        ({ count }) => count === 0,
      )
      return sendJson(request, reply, page.body)
    },
  )
}

type Filters = { readonly [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

/** What the conditions of list-changes.sql.ts ask, of a change that was folded for this read; its actor is chosen already. */
const fits = (change: ChangeResource, { dossier, matter, facet, kind, reversesEarlier }: Filters): boolean =>
  (dossier === undefined || change.dossier === dossier) &&
  (matter === undefined || change.matter === matter) &&
  (facet === undefined || change.facet === facet) &&
  (kind === undefined || change.kind === kind) &&
  (reversesEarlier === undefined || change.reversesEarlier === reversesEarlier)
