import type { StatementResource } from '#libs/contracts/resources.js'
import type { Evidence } from '#libs/contracts/statement-events.js'
import type { Retraction, StatementState } from '#libs/ledger/statement.js'
import { datesOf } from '#libs/ledger/track-input.js'
import { given, renderStance } from './parts.js'

/**
 * A statement as it is served, with the dates that its evidence comes to (docs/design.md 4). What was taken down is
 * never rendered: the api answers 410 without looking at the body.
 * @throws if the statement has no evidence with a date of publication, which no event can bring about
 */
export const renderStatement = (state: StatementState): StatementResource => {
  const { coding } = state
  const dates = datesOf(state.evidence, undefined)
  if (dates === null) throw new Error(`statement ${state.id} has no dated evidence`)
  return {
    id: state.id,
    dossier: state.dossier,
    speaker: coding.speaker,
    office: coding.office ?? null,
    onBehalfOf: coding.onBehalfOf.map(({ actor, capacity }) => ({ actor, capacity })),
    addressees: [...(coding.addressees ?? [])],
    channel: coding.channel ?? null,
    act: coding.act,
    about: [...(coding.about ?? [])],
    stances: coding.stances.map(renderStance),
    gist: coding.gist ?? null,
    occasionId: coding.occasionId ?? null,
    said: {
      earliest: dates.said.earliest,
      latest: dates.said.latest,
      disputed: dates.disputed,
      claims: saidClaims(state.evidence),
    },
    published: { earliest: dates.published.earliest, latest: dates.published.latest },
    evidence: state.evidence.map(renderEvidence),
    corroboration: corroborationOf(state.evidence),
    codingEvent: state.codingEvent,
    retraction: state.retraction && renderRetraction(state.retraction),
    voided: state.voided && { reason: state.voided.reason, event: state.voided.event },
    mergedInto: state.mergedInto,
    mergedAway: [...state.mergedAway],
    recordedAt: state.recordedAt,
    lastRecordedAt: state.lastRecordedAt,
  }
}

/** Number of distinct origins: two outlets that print one agency's text corroborate once. Docs/design.md 3, "Evidence". */
export const corroborationOf = (evidence: readonly Evidence[]): number =>
  new Set(evidence.map(({ originKey, report }) => originKey ?? report)).size

const saidClaims = (evidence: readonly Evidence[]): string[] =>
  [...new Set(evidence.flatMap(({ said }) => (said === undefined ? [] : [said])))].sort()

const renderRetraction = (retraction: Retraction): NonNullable<StatementResource['retraction']> => ({
  retracted: datesOf(retraction.evidence, undefined)?.said.latest ?? null,
  speaker: retraction.speaker ?? null,
  office: retraction.office ?? null,
  reason: retraction.reason ?? null,
  evidence: retraction.evidence.map(renderEvidence),
  event: retraction.event,
})

const renderEvidence = (evidence: Evidence): Evidence => ({
  report: evidence.report,
  published: evidence.published,
  ...given('originKey', evidence.originKey),
  ...given('said', evidence.said),
  ...given('dateBasis', evidence.dateBasis),
  ...given('quote', evidence.quote),
  ...given('paraphrase', evidence.paraphrase),
  fidelity: evidence.fidelity,
  ...given('language', evidence.language),
})
