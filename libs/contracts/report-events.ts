import { z } from 'zod'
import * as described from './described.js'
import { edtfText, entityId, text } from './primitives.js'

/** Data of the events on `ledger.reports.v1`: one published document. Description only: the fold reads nothing of it. */
export const ReportData = z.strictObject({
  source: described.sourceId,
  title: text(500).optional().describe('Title, as it is shown'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional()
    .describe('Where it is on the web'),
  published: edtfText.describe('EDTF; when it was published'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .describe('BCP 47 tag'),
  originKey: entityId.optional().describe("Outlets that print one agency's text share it"),
  licence: text(200).optional().describe('Under which terms it may be used'),
  description: text(2_000).optional().describe('What there is to know about it, in plain text'),
})
export type ReportData = z.output<typeof ReportData>

export const REPORT_EVENTS = {
  'ledger.report.registered.v1': ReportData,
  'ledger.report.revised.v1': ReportData.partial(),
} as const
