import { SKIPS, type CollectedVotes, type Skip } from './collect-votes.js'
import type { ImportResult } from './run-import.js'
import type { VoteSeries } from './series.js'

/** What an import did, as `--json` prints it. */
export interface ImportReport extends ImportResult {
  dossier: string
  matter: string
  rollCalls: number
  states: number
  rowsRead: number
  votes: number
  /** Rows by the reason why they became no statement; reasons that did not occur are 0. */
  skipped: Readonly<Record<Skip, number>>
  unknownCountries: readonly string[]
  seconds: number
}

export const importReport = (
  series: VoteSeries,
  collected: CollectedVotes,
  result: ImportResult,
  seconds: number,
): ImportReport => ({
  dossier: series.dossier,
  matter: series.matter,
  rollCalls: collected.rollCalls.length,
  states: collected.states.length,
  rowsRead: collected.rowsRead,
  votes: collected.votes,
  skipped: collected.skipped,
  unknownCountries: collected.unknownCountries,
  ...result,
  seconds: Math.round(seconds * 10) / 10,
})

/** The same for a person. */
export function linesOfReport(report: ImportReport): string[] {
  const { statements, registry } = report
  const skips = (Object.keys(SKIPS) as Skip[]).filter((skip) => report.skipped[skip] > 0)
  return [
    `${report.rowsRead} rows read: ${report.votes} votes of ${report.states} states in ${report.rollCalls} roll calls; dossier ${report.dossier}, matter ${report.matter}.`,
    ...skips.map((skip) => `  ${report.skipped[skip]} skipped: ${SKIPS[skip]}`),
    ...(report.unknownCountries.length > 0 ? [`    ${report.unknownCountries.join(', ')}`] : []),
    `Statements: ${statements.sent} sent, ${statements.alreadyThere} already there, ${statements.refused} refused.`,
    `Registry and reports: ${registry.sent} sent, ${registry.alreadyThere} already there, ${registry.refused} refused.`,
    ...report.refusals.map(({ type, subject, code, detail }) => `  ${type} ${subject}: ${code} ${detail}`),
    report.interrupted
      ? `Stopped before the end, after ${report.seconds} s. The same command goes on from here.`
      : `Done in ${report.seconds} s.`,
  ]
}

/** What an analyst should know of a series before trusting its positions; each a sentence. */
export function warningsOf(collected: CollectedVotes): string[] {
  const rollCalls = collected.rollCalls.map((cast) => cast.rollCall)
  const sameDay = rollCalls.filter((rollCall, i) => rollCalls[i - 1]?.date === rollCall.date).length
  const partial = rollCalls.filter((rollCall) => rollCall.partial).length
  return [
    ...(sameDay > 0
      ? [
          `${sameDay} roll calls fall on the day of another: of votes on one day the order is not known, so different ones will be conflicts.`,
        ]
      : []),
    ...(partial > 0
      ? [`${partial} roll calls are on an amendment or a paragraph: a yes there need not be a yes to the matter.`]
      : []),
  ]
}
