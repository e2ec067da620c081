import { LedgerError } from '#libs/contracts/error-codes.js'
import { StatementResource } from '#libs/contracts/resources.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { renderReport, type ReportState } from '#libs/resources/registry-resources.js'
import { renderStatement } from '#libs/resources/statement-resource.js'
import { z } from 'zod'
import { redirectTo, segment, sendJson, sendText } from '../answers.js'
import { answers, idText, MOVED_PERMANENTLY } from '../describe.js'
import { CONTENT_TYPES, formatOf, formatParameter, MEDIA_TYPES } from '../formats/media-types.js'
import type { LedgerReads, LiveRow } from '../reads/snapshot.js'
import { REPORTS_BY_ID } from '../reports/reports.sql.js'
import type { ApiReads, Route } from '../route.js'
import { claimOf, type ClaimSources } from './claim-json-ld.js'
import { READ_STATEMENT } from './statements.sql.js'

const STATEMENT_FORMATS = ['json', 'jsonld'] as const

export const statementPath = z.object({ id: idText.meta({ description: 'Id of the statement', examples: ['uw-044'] }) })

/** GET /v1/statements/{id} */
export const readStatement: Route = (api, apiReads) => {
  api.get(
    '/v1/statements/:id',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Statements'],
        summary: 'Read one statement',
        description:
          'A statement that was merged away leads to its survivor; one that was voided says so. As JSON-LD it is a schema.org `Claim`.',
        params: statementPath,
        querystring: z.strictObject({ format: formatParameter(STATEMENT_FORMATS) }),
        response: {
          ...answers(StatementResource, 'The statement', ['STATEMENT_UNKNOWN', 'SUPPRESSED'], {
            [MEDIA_TYPES.jsonld]: { schema: z.object({}).loose().meta({ description: 'A schema.org `Claim`' }) },
          }),
          ...MOVED_PERMANENTLY,
        },
      },
    },
    async (request, reply) => {
      const format = formatOf(request, request.query.format, STATEMENT_FORMATS)
      const found = await findStatement(apiReads.reads, request.params.id)
      if (found.mergedInto !== null) return redirectTo(request, reply, `/v1/statements/${segment(found.mergedInto)}`)
      const statement = renderStatement(JSON.parse(found.state) as StatementState)
      if (format === 'json') return sendJson(request, reply, JSON.stringify(statement))
      const body = JSON.stringify(claimOf(statement, await claimSources(apiReads, statement)))
      return sendText(request, reply, { type: CONTENT_TYPES.jsonld, body })
    },
  )
}

const claimSources = (
  { reads, registry, publicUrl }: ApiReads,
  { evidence }: StatementResource,
): Promise<ClaimSources> =>
  reads.snapshot(async (snapshot) => {
    const ids = [...new Set(evidence.map(({ report }) => report))]
    const rows = await snapshot.rows<{ body: string }>(REPORTS_BY_ID, [ids])
    const reports = rows.map(({ body }) => renderReport(JSON.parse(body) as ReportState))
    return {
      publicUrl,
      registry: await registry.at(snapshot),
      reports: new Map(reports.map((report) => [report.id, report])),
    }
  })

/** @throws LedgerError STATEMENT_UNKNOWN; SUPPRESSED for what was taken down */
export const findStatement = async (
  reads: LedgerReads,
  id: string,
): Promise<{ state: string; mergedInto: string | null }> => {
  const [row] = await reads.query<StatementRow>({ name: 'read-statement', text: READ_STATEMENT }, [id])
  const state = row?.state ?? null
  if (row === undefined || state === null) throw new LedgerError('STATEMENT_UNKNOWN')
  if (row.hidden === true) throw new LedgerError('SUPPRESSED')
  return { state, mergedInto: row.merged_into }
}

interface StatementRow extends LiveRow {
  hidden: boolean | null
  merged_into: string | null
  state: string | null
}
