import { LedgerError } from '#libs/contracts/error-codes.js'
import { FeedPage } from '#libs/contracts/change-feed.js'
import { day } from '#libs/contracts/primitives.js'
import { ChangeResource, pageOf } from '#libs/contracts/resources.js'
import type { Registry } from '#libs/ledger/registry.js'
import { z } from 'zod'
import { readAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks } from '../clocks/clock-query.js'
import type { TrackAt } from '../clocks/fold-at.js'
import { placedChanges } from '../clocks/render-at.js'
import {
  actorText,
  answers,
  booleanParameter,
  changeKindFilter,
  dossierFilter,
  exportTypes,
  facetFilter,
  listParameters,
  matterFilter,
} from '../describe.js'
import { EXPORT_MS_MAX } from '../lists/export-list.js'
import {
  checkDays,
  checkMatterFilter,
  checkRevoked,
  includeNarrower,
  mattersAsked,
  matterTree,
  minAuthority,
  officesFrom,
  type LiveFilters,
} from '../lists/list-filters.js'
import { refuseBesideAfter, sendChangesAfter } from '../live/changes-after.js'
import { FEED_COLUMNS } from '../live/feed-columns.js'
import { feedFilterParameters, feedNumber } from '../live/feed-filter.js'
import type { Listed } from '../lists/listed.js'
import { sendList, sendListAt } from '../lists/send-list.js'
import type { Route } from '../route.js'
import { CHANGE_COLUMNS } from './change-columns.js'
import { CHANGES_CURSOR, LIST_CHANGES, withRevoked, type ChangeFilter } from './list-changes.sql.js'

export const CHANGES: Listed<ChangeResource, ChangeFilter> = {
  name: 'changes',
  query: LIST_CHANGES,
  cursor: CHANGES_CURSOR,
  columns: CHANGE_COLUMNS,
}

const filters = {
  actor: actorText.optional().meta({ description: 'Id, name or alias', examples: ['irn'] }),
  dossier: dossierFilter,
  matter: matterFilter,
  includeNarrower,
  facet: facetFilter,
  kind: changeKindFilter,
  minAuthority: minAuthority('of the office in which the statement was said that did it'),
  from: day.optional().meta({ description: 'It holds from this day or a later one', examples: ['2022-11-01'] }),
  to: day.optional().meta({ description: 'It holds from this day or an earlier one', examples: ['2022-11-30'] }),
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
      handlerTimeout: EXPORT_MS_MAX,
      schema: {
        tags: ['Changes'],
        summary: 'List changes of positions',
        description: DESCRIPTION,
        querystring: z.strictObject({ ...after, ...filters, ...clockParameters, ...listParameters }),
        response: answers(
          z.union([pageOf(ChangeResource, 'ChangePage'), FeedPage]),
          'A page of changes, or all of them as NDJSON or CSV',
          ['CURSOR_INVALID', 'NUMBER_AHEAD', 'PARAMETERS_CONTRADICTORY', ...CLOCK_ERRORS],
          exportTypes(CHANGES, { columns: FEED_COLUMNS, name: 'feed', when: 'With `after`' }),
        ),
      },
    },
    async (request, reply) => {
      if (request.query.after !== undefined) {
        const { after, format, limit, actor, dossier, matter, facet, kind, reversesEarlier, event } = request.query
        refuseBesideAfter(request.query, [...NOT_OF_THE_FEED, ...Object.keys(clockParameters)])
        const filter = { actor, dossier, matter, facet, kind, reversesEarlier, event }
        return sendChangesAfter(apiReads, request, reply, { after, format, limit, filter })
      }
      const { after: _after, event, format, limit, cursor, asOf, publicAt, knownAt, reducer, ...given } = request.query
      if (event !== undefined) throw eventWithoutAfter()
      const asked = { format, limit, cursor }
      const clocks = parseClocks({ asOf, publicAt, knownAt, reducer }, new Date())
      checkMatterFilter(given)
      checkDays(given)
      checkRevoked(given.includeRevoked, clocks)
      if (clocks === null) return sendList(apiReads, request, reply, CHANGES, liveFilters(given), asked)
      const { tracks, registry, cited } = await readAt(apiReads, clocks, given)
      const placed = tracks.flatMap((track) => {
        const may = fitting(given, registry, track)
        return placedChanges(track).filter(({ item }) => may(item))
      })
      return sendListAt(apiReads, request, reply, CHANGES, { placed, cited }, asked)
    },
  )
}

/** What the feed does not choose by. */
const NOT_OF_THE_FEED = ['cursor', 'includeRevoked', 'includeNarrower', 'minAuthority', 'from', 'to']

const DESCRIPTION = `Without \`after\`: the changes that hold, by dossier, then the day from which they do; those of one actor in the
order of the fold. With \`after\`: the feed, for pollers. Everything that was asserted, revoked, opened or settled after that number, in
the order of publication; keep \`next\` and send it back as \`after\`. Where there is nothing new, the same ETag, so that
\`If-None-Match\` gives 304. As NDJSON and CSV it is
one announcement a line, all of them where there is no \`limit\`. The clocks, \`cursor\` and \`includeRevoked\` do not go with it. The same, live: \`/v1/changes/stream\`.`

const eventWithoutAfter = (): LedgerError =>
  new LedgerError('PARAMETER_INVALID', {
    detail: 'event needs `after`.',
    faults: [{ code: 'PARAMETER_INVALID', pointer: 'event', detail: 'needs `after`' }],
  })

type Filters = { readonly [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

const liveFilters = ({
  matter,
  includeNarrower,
  minAuthority,
  includeRevoked,
  ...given
}: Filters): LiveFilters<ChangeFilter> => ({
  given: { ...given, ...withRevoked(includeRevoked), matter: includeNarrower === true ? undefined : matter },
  actors: ['actor'],
  byRegistry:
    includeNarrower === true || minAuthority !== undefined
      ? (registry) => ({
          ...(includeNarrower === true && matter !== undefined
            ? // by its dossier, too: that is how changes are kept
              { matters: matterTree(registry, matter), dossier: given.dossier ?? registry.matters.get(matter)?.dossier }
            : {}),
          offices: officesFrom(registry, minAuthority),
        })
      : undefined,
})

/** What the conditions of list-changes.sql.ts ask, of changes that were folded for this read; their actor is chosen already. */
const fitting = (given: Filters, registry: Registry, track: TrackAt): ((change: ChangeResource) => boolean) => {
  const { dossier, facet, kind, minAuthority, from, to, reversesEarlier } = given
  const matters = mattersAsked(registry, given)
  const enough = officesFrom(registry, minAuthority)
  const offices = enough && new Set(enough)
  return (change) =>
    (dossier === undefined || change.dossier === dossier) &&
    (matters?.has(change.matter) ?? true) &&
    (facet === undefined || change.facet === facet) &&
    (kind === undefined || change.kind === kind) &&
    (offices?.has(track.officeOf.get(change.statement) ?? '') ?? true) &&
    (from === undefined || change.validFrom >= from) &&
    (to === undefined || change.validFrom <= to) &&
    (reversesEarlier === undefined || change.reversesEarlier === reversesEarlier)
}
