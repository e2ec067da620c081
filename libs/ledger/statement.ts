import type { Coding, Evidence } from '#libs/contracts/statement-events.js'

/**
 * One statement as its events have left it: plain data that can be stored as JSON. What is taken from the registry
 * (authority, names) is not in here, so that a revised office does not touch it.
 */
export interface StatementState {
  readonly id: string
  readonly dossier: string
  readonly coding: Coding
  /** Id of the event that last set the coding: the base that a correction must name. */
  readonly codingEvent: string
  /** In canonical order, so that equal evidence gives equal states, whichever came first. */
  readonly evidence: readonly Evidence[]
  readonly retraction: Retraction | null
  readonly voided: { readonly event: string; readonly reason: string } | null
  /** Taken down: hidden from every read, `knownAt` included. */
  readonly suppressed: { readonly event: string; readonly reason: string } | null
  readonly mergedInto: string | null
  readonly mergedAway: readonly string[]
  readonly recordedAt: string
  readonly lastRecordedAt: string
}

export interface Retraction {
  readonly event: string
  readonly evidence: readonly Evidence[]
  readonly speaker?: string | undefined
  readonly office?: string | undefined
  readonly reason?: string | undefined
}

/** Whether it counts in the fold at all: not voided, not taken down, not merged away. */
export const counts = (state: StatementState): boolean =>
  state.voided === null && state.suppressed === null && state.mergedInto === null

/** Evidence as a set: without repeats, in an order that does not depend on who attached what first. */
export function canonicalEvidence(evidence: readonly Evidence[]): Evidence[] {
  if (evidence.length < 2) return [...evidence]
  const byKey = new Map(evidence.map((one) => [evidenceKey(one), one]))
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}

const evidenceKey = (e: Evidence): string =>
  JSON.stringify([
    e.report,
    e.published,
    e.said ?? '',
    e.fidelity,
    e.originKey ?? '',
    e.quote ?? '',
    e.paraphrase ?? '',
    e.language ?? '',
    e.dateBasis ?? '',
  ])
