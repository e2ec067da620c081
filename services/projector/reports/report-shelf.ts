import type { ReportEvent } from '#libs/contracts/events.js'
import type { ReportData } from '#libs/contracts/report-events.js'
import type { Client } from '#libs/postgres/database.js'
import { textColumn, unnestColumns } from '#libs/postgres/text-columns.js'

/** A report as its events have left it. The fold reads nothing of it. */
export type ReportState = ReportData & { readonly id: string; readonly recordedAt: string; readonly revisedAt: string }

export type ReportOutcome =
  | { readonly outcome: 'applied' }
  | { readonly outcome: 'pending'; readonly missing: readonly string[] }
  | { readonly outcome: 'quarantined'; readonly code: 'ALREADY_REGISTERED'; readonly detail: string }

/** The reports that a batch works on. */
export class ReportShelf {
  readonly #reports = new Map<string, ReportState>()
  readonly #touched = new Set<string>()

  /** A revision that comes before its report waits for it; a second registration is no revision. */
  apply(event: ReportEvent, recordedAt: string): ReportOutcome {
    const id = event.subject
    const current = this.#reports.get(id)
    switch (event.type) {
      case 'ledger.report.registered.v1':
        if (current)
          return { outcome: 'quarantined', code: 'ALREADY_REGISTERED', detail: `report ${id} is registered already` }
        return this.#set({ ...event.data, id, recordedAt, revisedAt: recordedAt })
      case 'ledger.report.revised.v1':
        if (!current) return { outcome: 'pending', missing: [`report:${id}`] }
        return this.#set({ ...current, ...(event.data as Partial<ReportData>), revisedAt: recordedAt })
    }
  }

  touched(): ReportState[] {
    return [...this.#touched].flatMap((id) => this.#reports.get(id) ?? [])
  }

  async load(client: Client, ids: Iterable<string>): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.#reports.has(id))
    if (wanted.length === 0) return
    const { rows } = await client.query<{ body: string }>({
      name: 'load-reports',
      text: LOAD_REPORTS,
      values: [textColumn(wanted)],
    })
    for (const { body } of rows) {
      const report = JSON.parse(body) as ReportState
      this.#reports.set(report.id, report)
    }
  }

  #set(report: ReportState): ReportOutcome {
    this.#reports.set(report.id, report)
    this.#touched.add(report.id)
    return { outcome: 'applied' }
  }
}

const LOAD_REPORTS = `
  select registry_entity.body
    from ${unnestColumns(['text'])} as wanted (id)
    join registry_entity
      on registry_entity.kind = 'report'
     and registry_entity.id = wanted.id`
