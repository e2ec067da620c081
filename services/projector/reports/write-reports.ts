import type { StatementQueue } from '#libs/postgres/statement-queue.js'
import { writeEntities } from '../registry/registry-entities.js'
import type { ReportState } from './report-shelf.js'

/** Reports stand beside the entities of the registry: the api lists them alike. */
export const writeReports = (queue: StatementQueue, reports: readonly ReportState[]): void =>
  writeEntities(
    queue,
    reports.map((report) => ({
      kind: 'report',
      id: report.id,
      dossier: null,
      body: JSON.stringify(report),
      recordedAt: report.recordedAt,
    })),
  )
