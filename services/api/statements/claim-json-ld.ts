import type { ReportResource } from '#libs/contracts/registry-resources.js'
import type { StatementResource } from '#libs/contracts/resources.js'
import type { ActorKind } from '#libs/contracts/vocabulary.js'
import type { Registry } from '#libs/ledger/registry.js'
import { segment } from '../answers.js'

/** What a claim is put together from, beside the statement. */
export interface ClaimSources {
  readonly publicUrl: string
  readonly registry: Registry
  readonly reports: ReadonlyMap<string, ReportResource>
}

/** schema.org has Country as a place; a state that speaks is an organisation. */
const TYPES: Record<ActorKind, string> = {
  STATE: 'GovernmentOrganization',
  ORGANISATION: 'Organization',
  PERSON: 'Person',
}

/**
 * A statement as schema.org `Claim`, for who collects claims: who made it, for whom, about what, when, and the reports in
 * which it appears. Positions, stances and authority have no place there; `url` leads to the whole.
 */
export const claimOf = (statement: StatementResource, sources: ClaimSources): object => {
  const { publicUrl } = sources
  const url = `${publicUrl}/v1/statements/${segment(statement.id)}`
  const matters = [...new Set([...statement.stances.map(({ matter }) => matter), ...statement.about])]
  return {
    '@context': 'https://schema.org',
    '@type': 'Claim',
    '@id': url,
    url,
    identifier: statement.id,
    ...textOf(statement),
    author: agentOf(statement.speaker, sources),
    sourceOrganization: statement.onBehalfOf.map(({ actor }) => agentOf(actor, sources)),
    about: matters.map((id) => ({
      '@type': 'Thing',
      '@id': `${publicUrl}/v1/matters/${segment(id)}`,
      name: sources.registry.matters.get(id)?.title ?? id,
    })),
    // an interval where the day is not known (ISO 8601); open where not even its begin is
    temporalCoverage: coverageOf(statement.said),
    datePublished: statement.published.latest,
    dateModified: statement.lastRecordedAt,
    ...statusOf(statement),
    appearance: appearancesOf(statement, sources),
  }
}

const textOf = ({ gist, evidence }: StatementResource): object => {
  const quoted = evidence.find(({ quote }) => quote !== undefined)
  const text = quoted?.quote ?? gist ?? evidence.find(({ paraphrase }) => paraphrase !== undefined)?.paraphrase
  return {
    ...(text === undefined ? {} : { text }),
    ...(gist === null ? {} : { abstract: gist }),
    ...(quoted?.language === undefined ? {} : { inLanguage: quoted.language }),
  }
}

const coverageOf = ({ earliest, latest }: StatementResource['said']): string =>
  earliest === latest ? latest : `${earliest ?? '..'}/${latest}`

const statusOf = ({ retraction, voided }: StatementResource): object => {
  if (voided !== null) return { creativeWorkStatus: 'voided' }
  return retraction === null ? {} : { creativeWorkStatus: 'retracted' }
}

const agentOf = (id: string, { publicUrl, registry }: ClaimSources): object => {
  const actor = registry.actors.get(id)
  return {
    '@type': actor === undefined ? 'Organization' : TYPES[actor.kind],
    '@id': `${publicUrl}/v1/actors/${segment(id)}`,
    name: actor?.name ?? id,
  }
}

const appearancesOf = ({ evidence }: StatementResource, { publicUrl, registry, reports }: ClaimSources): object[] =>
  [...new Map(evidence.map((one) => [one.report, one])).values()].map(({ report: id, published }) => {
    const report = reports.get(id)
    const source = report && registry.sources.get(report.source)
    return {
      '@type': 'Report',
      '@id': `${publicUrl}/v1/reports/${segment(id)}`,
      name: report?.title ?? id,
      ...(report?.url ? { url: report.url } : {}),
      datePublished: published,
      ...(report === undefined ? {} : { inLanguage: report.language }),
      ...(source === undefined ? {} : { publisher: { '@type': 'Organization', name: source.name } }),
    }
  })
