import type {
  ActorResource,
  DossierResource,
  MatterResource,
  OfficeResource,
  ReportResource,
  SourceResource,
} from '#libs/contracts/registry-resources.js'
import type { ReportData } from '#libs/contracts/report-events.js'
import type {
  ActorState,
  DossierState,
  MatterState,
  OfficeState,
  Registry,
  SourceState,
} from '#libs/ledger/registry.js'
import { narrowerOf } from '#libs/ledger/registry-matters.js'

/** Entities of the registry as they are served, with the links that lead back to them. */

export const renderActor = (registry: Registry, actor: ActorState): ActorResource => ({
  id: actor.id,
  kind: actor.kind,
  name: actor.name,
  aliases: [...actor.aliases],
  description: actor.description ?? null,
  mergedInto: registry.mergedInto.get(actor.id) ?? null,
  mergedAway: [...registry.mergedInto].flatMap(([away, into]) => (into === actor.id ? [away] : [])).sort(),
  ...recorded(actor),
})

export const renderOffice = (office: OfficeState): OfficeResource => ({
  id: office.id,
  title: office.title,
  holder: office.holder,
  actor: office.actor,
  authority: office.authority,
  from: office.from ?? null,
  until: office.until ?? null,
  ...recorded(office),
})

export const renderDossier = (registry: Registry, dossier: DossierState): DossierResource => ({
  id: dossier.id,
  title: dossier.title,
  description: dossier.description ?? null,
  matters: [...(registry.mattersOfDossier.get(dossier.id) ?? [])],
  ...recorded(dossier),
})

export const renderMatter = (registry: Registry, matter: MatterState): MatterResource => ({
  id: matter.id,
  dossier: matter.dossier,
  title: matter.title,
  description: matter.description ?? null,
  broader: [...(matter.broader ?? [])],
  narrower: narrowerOf(registry, matter.id),
  related: [...(matter.related ?? [])],
  parties: (matter.parties ?? []).map(({ actor, role }) => ({ actor, role })),
  ...recorded(matter),
})

export const renderSource = (source: SourceState): SourceResource => ({
  id: source.id,
  name: source.name,
  url: source.url ?? null,
  country: source.country ?? null,
  licence: source.licence ?? null,
  description: source.description ?? null,
  ...recorded(source),
})

/** A report as its events have left it. */
export type ReportState = ReportData & {
  readonly id: string
  readonly recordedAt: string
  readonly revisedAt: string
}

export const renderReport = (report: ReportState): ReportResource => ({
  id: report.id,
  source: report.source,
  title: report.title ?? null,
  url: report.url ?? null,
  published: report.published,
  language: report.language,
  originKey: report.originKey ?? null,
  licence: report.licence ?? null,
  description: report.description ?? null,
  ...recorded(report),
})

const recorded = ({ recordedAt, revisedAt }: { readonly recordedAt: string; readonly revisedAt: string }) => ({
  recordedAt,
  revisedAt,
})
