import { ReportResource } from '#libs/contracts/registry-resources.js'
import { pageOf } from '#libs/contracts/resources.js'
import { renderReport, type ReportState } from '#libs/resources/registry-resources.js'
import { z } from 'zod'
import { sendJson } from '../answers.js'
import { answers, idText, pageParameters } from '../describe.js'
import { pageText, readPage } from '../reads/read-page.js'
import type { Route } from '../route.js'
import { LIST_REPORTS, REPORTS_CURSOR } from './reports.sql.js'

/** GET /v1/reports */
export const listReports: Route = (api, { reads }) => {
  api.get(
    '/v1/reports',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['Registry'],
        summary: 'List reports',
        description: 'By id.',
        querystring: z.strictObject({
          source: idText.optional().meta({ description: 'Only those of this source', examples: ['mehr-news-agency'] }),
          ...pageParameters,
        }),
        response: answers(pageOf(ReportResource, 'ReportPage'), 'A page of reports', ['CURSOR_INVALID']),
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filters } = request.query
      const page = await readPage(reads, LIST_REPORTS, REPORTS_CURSOR, { filters, limit, cursor })
      const reports = JSON.parse(`[${page.items}]`) as ReportState[]
      return sendJson(
        request,
        reply,
        pageText(
          reports.map((report) => JSON.stringify(renderReport(report))),
          page.next,
        ),
      )
    },
  )
}
