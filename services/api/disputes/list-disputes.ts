import { LedgerError } from '#libs/contracts/error-codes.js'
import { DisputeResource, pageOf, type PositionResource } from '#libs/contracts/resources.js'
import { DISPUTE_KINDS } from '#libs/contracts/vocabulary.js'
import { resolveActor } from '#libs/ledger/registry.js'
import { renderDisputes } from '#libs/resources/dispute-resource.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { readAt, sendAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, parseClocks } from '../clocks/clock-query.js'
import { pageOfItems } from '../clocks/page-of-items.js'
import { positionsAt } from '../clocks/render-at.js'
import { actorText, answers, dossierFilter, matterFilter, pageParameters } from '../describe.js'
import type { ApiReads, Route } from '../route.js'
import { DISPUTES_CURSOR, FACT_POSITIONS } from './list-disputes.sql.js'

const filters = {
  matter: matterFilter,
  dossier: dossierFilter,
  actor: actorText.optional().meta({ description: 'Either of the two: id, name or alias' }),
  kind: z.enum(DISPUTE_KINDS).optional().meta({ description: 'OPPOSED: opposite signs; EXTENT: how much or when' }),
}
type Filters = { readonly [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

/** Direct positions on facts that one answer compares, at most. */
const POSITIONS_MAX = 20_000

/** GET /v1/disputes */
export const listDisputes: Route = (api, apiReads) => {
  api.get(
    '/v1/disputes',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Disputes'],
        summary: 'List disputes between actors',
        description: 'On facts, among the claims that stand; by matter, then actors.',
        querystring: z.strictObject({ ...filters, ...clockParameters, ...pageParameters }),
        response: answers(pageOf(DisputeResource, 'DisputePage'), 'A page of disputes', [
          'CURSOR_INVALID',
          ...CLOCK_ERRORS,
        ]),
      },
    },
    async (request, reply) => {
      const { limit, cursor, asOf, publicAt, knownAt, reducer, ...given } = request.query
      const clocks = parseClocks({ asOf, publicAt, knownAt, reducer }, new Date())
      // an actor's dispute needs the others' tracks too, so the actor is no filter of tracks
      const { matter, dossier } = given
      const { positions, actor, cited } =
        clocks === null
          ? await livePositions(apiReads, given)
          : await readAt(apiReads, clocks, { matter, dossier }).then(({ tracks, registry, cited }) => ({
              cited,
              positions: tracks.flatMap(positionsAt),
              actor: given.actor === undefined ? undefined : resolveActor(registry, given.actor),
            }))
      const disputes = renderDisputes(positions).filter((dispute) => fits(dispute, given, actor))
      const page = pageOfItems(disputes.map(placed), DISPUTES_CURSOR, { limit, cursor }).body
      return cited === null ? sendJson(request, reply, page) : sendAt(apiReads, request, reply, cited, page)
    },
  )
}

interface ComparedPositions {
  readonly positions: readonly PositionResource[]
  /** The filter's actor, canonical; undefined where it is not known. */
  readonly actor: string | undefined
  readonly cited: null
}

const livePositions = ({ reads, registry }: ApiReads, given: Filters): Promise<ComparedPositions> =>
  reads.snapshot(async (snapshot) => {
    const rows = await snapshot.rows<{ body: string }>(FACT_POSITIONS, [
      given.matter ?? null,
      given.dossier ?? null,
      POSITIONS_MAX + 1,
    ])
    if (rows.length > POSITIONS_MAX)
      throw new LedgerError('RESULT_TOO_LARGE', { detail: 'Name a dossier or a matter.' })
    const positions = rows.map(({ body }) => JSON.parse(body) as PositionResource)
    if (given.actor === undefined) return { positions, actor: undefined, cited: null }
    return { positions, actor: resolveActor(await registry.at(snapshot), given.actor), cited: null }
  })

const fits = (dispute: DisputeResource, given: Filters, actor: string | undefined): boolean =>
  (given.matter === undefined || dispute.matter === given.matter) &&
  (given.kind === undefined || dispute.kind === given.kind) &&
  (given.actor === undefined || (actor !== undefined && dispute.actors.includes(actor)))

const placed = (item: DisputeResource) => {
  const [first = '', second = ''] = item.actors
  return { key: [item.matter, first, second] as const, item }
}
