import { cursorOf, keyText } from '../reads/cursors.js'
import type { PageQuery } from '../reads/page-query.js'

export type ReportFilter = 'source'

/** States of reports, by id. */
export const LIST_REPORTS: PageQuery<ReportFilter> = {
  table: 'registry_entity',
  always: `kind = 'report'`,
  order: [['id', 'text']],
  conditions: { source: `body::jsonb ->> 'source' = $` },
}

export const REPORTS_CURSOR = cursorOf('reports', [keyText])

export const READ_REPORT = (schema: string): string => `
select live.id as live,
       report.body
  from (select id from ledger.generation where status = 'live') as live
  left join ${schema}.registry_entity as report
    on report.kind = 'report'
   and report.id = $1`

/** States of reports, by their ids. */
export const REPORTS_BY_ID = (schema: string): string => `
select body
  from ${schema}.registry_entity
 where kind = 'report'
   and id = any($1)`
