import { LedgerError } from '#libs/contracts/error-codes.js'
import { FeedPage } from '#libs/contracts/change-feed.js'
import { ChangeResource, pageOf } from '#libs/contracts/resources.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { readAt, sendAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks } from '../clocks/clock-query.js'
import { pageOfItems } from '../clocks/page-of-items.js'
import { placedChanges } from '../clocks/render-at.js'
import {
  actorText,
  answers,
  booleanParameter,
  changeKindFilter,
  dossierFilter,
  facetFilter,
  matterFilter,
  pageParameters,
} from '../describe.js'
import { refuseBesideAfter, sendChangesAfter } from '../live/changes-after.js'
import { feedFilterParameters, feedNumber } from '../live/feed-filter.js'
import { withActors } from '../reads/actor-filter.js'
import { readPage } from '../reads/page-query.js'
import type { Route } from '../route.js'
import { CHANGES_CURSOR, LIST_CHANGES, withRevoked } from './list-changes.sql.js'

const filters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: dossierFilter,
  matter: matterFilter,
  facet: facetFilter,
  kind: changeKindFilter,
  reversesEarlier: booleanParameter.optional().meta({ description: 'Whether its sign is opposite to the last one' }),
  includeRevoked: booleanParameter.optional().meta({ description: 'Also what later recording has made untrue' }),
}

const after = {
  after: feedNumber
    .transform(Number)
    .optional()
    .meta({ description: 'The feed instead, after this number (`next` of the page before; 0: from the beginning)' }),
  event: feedFilterParameters.event,
}

/** GET /v1/changes; with `after` the feed of services/api/live */
export const listChanges: Route = (api, apiReads) => {
  api.get(
    '/v1/changes',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Changes'],
        summary: 'List changes of positions',
        description: DESCRIPTION,
        querystring: z.strictObject({ ...after, ...filters, ...clockParameters, ...pageParameters }),
        response: answers(z.union([pageOf(ChangeResource, 'ChangePage'), FeedPage]), 'A page of changes', [
          'CURSOR_INVALID',
          'NUMBER_AHEAD',
          ...CLOCK_ERRORS,
        ]),
      },
    },
    async (request, reply) => {
      if (request.query.after !== undefined) {
        const { after, limit, actor, dossier, matter, facet, kind, reversesEarlier, event } = request.query
        refuseBesideAfter(request.query, ['cursor', 'includeRevoked', ...Object.keys(clockParameters)])
        const filter = { actor, dossier, matter, facet, kind, reversesEarlier, event }
        return sendChangesAfter(apiReads, request, reply, { after, limit, filter })
      }
      if (request.query.event !== undefined) throw eventWithoutAfter()
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

const DESCRIPTION = `Without \`after\`: the changes that hold, by dossier, then the day from which they do; those of one actor in the
order of the fold. With \`after\`: the feed, for pollers. Everything that was asserted, revoked, opened or settled after that number, in
the order of publication; keep \`next\` and send it back as \`after\`. Where there is nothing new, the same ETag, so that
\`If-None-Match\` gives 304. The clocks, \`cursor\` and \`includeRevoked\` do not go with it. The same, live: \`/v1/changes/stream\`.`

const eventWithoutAfter = (): LedgerError =>
  new LedgerError('PARAMETER_INVALID', {
    detail: 'event needs `after`.',
    faults: [{ code: 'PARAMETER_INVALID', pointer: 'event', detail: 'needs `after`' }],
  })

type Filters = { readonly [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

/** What the conditions of list-changes.sql.ts ask, of a change that was folded for this read; its actor is chosen already. */
const fits = (change: ChangeResource, { dossier, matter, facet, kind, reversesEarlier }: Filters): boolean =>
  (dossier === undefined || change.dossier === dossier) &&
  (matter === undefined || change.matter === matter) &&
  (facet === undefined || change.facet === facet) &&
  (kind === undefined || change.kind === kind) &&
  (reversesEarlier === undefined || change.reversesEarlier === reversesEarlier)
