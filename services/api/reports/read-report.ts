import { LedgerError } from '#libs/contracts/error-codes.js'
import { ReportResource } from '#libs/contracts/registry-resources.js'
import { renderReport, type ReportState } from '#libs/resources/registry-resources.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { answers, idText } from '../describe.js'
import type { LiveRow } from '../reads/snapshot.js'
import type { Route } from '../route.js'
import { READ_REPORT } from './reports.sql.js'

/** GET /v1/reports/{id} */
export const readReport: Route = (api, { reads }) => {
  api.get(
    '/v1/reports/:id',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Registry'],
        summary: 'Read one report',
        description: 'As its source published it; what statements it holds is told by their evidence.',
        params: z.object({ id: idText.meta({ description: 'Id of the report', examples: ['report-004'] }) }),
        response: answers(ReportResource, 'The report', ['REPORT_UNKNOWN']),
      },
    },
    async (request, reply) => {
      const [row] = await reads.query<ReportRow>({ name: 'read-report', text: READ_REPORT }, [request.params.id])
      const body = row?.body ?? null
      if (body === null) throw new LedgerError('REPORT_UNKNOWN')
      return sendJson(request, reply, JSON.stringify(renderReport(JSON.parse(body) as ReportState)))
    },
  )
}

interface ReportRow extends LiveRow {
  body: string | null
}
