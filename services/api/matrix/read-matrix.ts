import { LedgerError } from '#libs/contracts/error-codes.js'
import { MatrixResource, type MatrixCell, type PositionResource } from '#libs/contracts/resources.js'
import { FACETS } from '#libs/contracts/vocabulary.js'
import type { Registry } from '#libs/ledger/registry.js'
import { z } from 'zod'
import { sendText } from '../answers.js'
import { citation, readAt } from '../clocks/answer-at.js'
import { clockParameters, CLOCK_ERRORS, freshnessOf, parseClocks, type ReadClocks } from '../clocks/clock-query.js'
import { positionsAt } from '../clocks/render-at.js'
import { answers, idText } from '../describe.js'
import { csvOf } from '../formats/csv.js'
import { CONTENT_TYPES, formatOf, formatParameter, MEDIA_TYPES } from '../formats/media-types.js'
import {
  authoritiesFrom,
  checkMatterFilter,
  includeNarrower,
  mattersAsked,
  minAuthority,
} from '../lists/list-filters.js'
import type { ApiReads, Route } from '../route.js'
import { MATRIX_POSITIONS } from './matrix.sql.js'

const MATRIX_FORMATS = ['json', 'csv'] as const
/** Positions in one matrix, and cells with the empty ones. */
const POSITIONS_MAX = 20_000
const CELLS_MAX = 100_000

const filters = {
  dossier: idText.meta({ description: 'Id of the dossier', examples: ['ukraine-war'] }),
  facet: z
    .enum(FACETS)
    .meta({ description: 'FACT: does it happen; INTENT: will we; NORM: should it', examples: ['FACT'] }),
  matter: idText.optional().meta({ description: 'Only this matter' }),
  includeNarrower,
  minAuthority: minAuthority('of the headline, as it counts for the actor'),
}

/** GET /v1/matrix */
export const readMatrix: Route = (api, apiReads) => {
  api.get(
    '/v1/matrix',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Positions'],
        summary: 'Read who holds what, as a matrix of actors and matters',
        description:
          "Of one dossier and facet: a row for each actor with a position, a column for each matter with one, each cell the headline's value. " +
          `At most ${POSITIONS_MAX} positions and ${CELLS_MAX} cells.`,
        querystring: z.strictObject({ ...filters, ...clockParameters, format: formatParameter(MATRIX_FORMATS) }),
        response: answers(
          MatrixResource,
          'The matrix',
          ['DOSSIER_UNKNOWN', 'PARAMETERS_CONTRADICTORY', ...CLOCK_ERRORS],
          {
            [MEDIA_TYPES.csv]: {
              schema: z.string().meta({
                description:
                  'A row of names, `actor` and the ids of the matters; then a row for each actor with values',
              }),
            },
          },
        ),
      },
    },
    async (request, reply) => {
      const { format: given, asOf, publicAt, knownAt, reducer, ...asked } = request.query
      const format = formatOf(request, given, MATRIX_FORMATS)
      checkMatterFilter(asked)
      const clocks = parseClocks({ asOf, publicAt, knownAt, reducer }, new Date())
      const { held, cited } = await (clocks === null ? readLive(apiReads, asked) : foldedAt(apiReads, clocks, asked))
      const matrix = matrixOf(asked, held)
      const freshness = cited === null ? 'live' : freshnessOf(cited, new Date())
      if (cited !== null && freshness === 'pinned') reply.header('link', citation(apiReads.publicUrl, request, cited))
      const body = format === 'csv' ? csvOf(tableOf(matrix)) : JSON.stringify(matrix)
      return sendText(request, reply, { type: CONTENT_TYPES[format], body, freshness })
    },
  )
}

type Filters = z.output<z.ZodObject<typeof filters>>
type HeldPosition = MatrixCell & Pick<PositionResource, 'actor' | 'matter'>

const readLive = ({ reads, registry }: ApiReads, asked: Filters): Promise<{ held: HeldPosition[]; cited: null }> =>
  reads.snapshot(async (snapshot) => {
    const known = await registry.at(snapshot)
    checkDossier(known, asked.dossier)
    const matters = mattersAsked(known, asked)
    const held = await snapshot.rows<HeldPosition>(MATRIX_POSITIONS, [
      asked.dossier,
      asked.facet,
      matters === undefined ? null : [...matters],
      authoritiesFrom(asked.minAuthority) ?? null,
      POSITIONS_MAX + 1,
    ])
    return { held, cited: null }
  })

const foldedAt = async (
  apiReads: ApiReads,
  clocks: ReadClocks,
  asked: Filters,
): Promise<{ held: HeldPosition[]; cited: ReadClocks }> => {
  const { tracks, registry, cited } = await readAt(apiReads, clocks, { dossier: asked.dossier }, (known) =>
    checkDossier(known, asked.dossier),
  )
  const matters = mattersAsked(registry, asked)
  const enough = authoritiesFrom(asked.minAuthority)
  const held = tracks
    .flatMap(positionsAt)
    .filter(
      ({ facet, matter, authority }) =>
        facet === asked.facet &&
        (matters?.has(matter) ?? true) &&
        (enough === undefined || (authority !== null && enough.includes(authority))),
    )
    .map((position) => ({ ...position, contested: position.contestedBy.length > 0 }))
  return { held, cited }
}

const checkDossier = (registry: Registry, dossier: string): void => {
  if (!registry.dossiers.has(dossier)) throw new LedgerError('DOSSIER_UNKNOWN')
}

/** @throws LedgerError RESULT_TOO_LARGE */
const matrixOf = ({ dossier, facet }: Filters, held: readonly HeldPosition[]): MatrixResource => {
  const matters = [...new Set(held.map(({ matter }) => matter))].sort()
  const rows = new Map<string, Map<string, MatrixCell>>()
  for (const { actor, matter, ...cell } of held) {
    const row = rows.get(actor) ?? new Map<string, MatrixCell>()
    rows.set(actor, row.set(matter, cellOf(cell)))
  }
  if (held.length > POSITIONS_MAX || rows.size * matters.length > CELLS_MAX)
    throw new LedgerError('RESULT_TOO_LARGE', { detail: 'Name a matter.' })
  return {
    dossier,
    facet,
    matters,
    rows: [...rows.keys()]
      .sort()
      .map((actor) => ({ actor, cells: matters.map((matter) => rows.get(actor)?.get(matter) ?? null) })),
  }
}

const cellOf = ({ value, statement, authority, validFrom, entailedFrom, contested }: MatrixCell): MatrixCell => ({
  ...{ value, statement, authority, validFrom, entailedFrom, contested },
})

const tableOf = ({ matters, rows }: MatrixResource): (string | null)[][] => [
  ['actor', ...matters],
  ...rows.map(({ actor, cells }) => [actor, ...cells.map((cell) => cell?.value ?? null)]),
]
