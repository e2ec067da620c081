import type { ExplainedClaim, Explanation, RowMet } from '#libs/ledger/explain-track.js'
import type { Change, Conflict } from '#libs/ledger/track.js'
import type { BlockedEvent, SubjectExplanation, TrackExplanation } from './explain-in-ledger.js'

/** An explanation as a person reads it: each step, the row of docs/design.md 6.5 that it met, and what it moved. */
export const linesOfExplanation = ({ tracks, blocked, leftOut }: SubjectExplanation): string[] => [
  ...(leftOut === null ? [] : [`It is on no track: ${leftOut}.`]),
  ...tracks.flatMap(linesOfTrack),
  ...blocked.map(blockedLine),
]

const linesOfTrack = ({ actor, dossier, steps }: TrackExplanation): string[] => [
  `${actor} in ${dossier}`,
  ...(steps.length === 0 ? ['  nothing was said on it'] : steps.flatMap(linesOfStep)),
]

const linesOfStep = (step: Explanation): string[] => [
  `  ${step.claim === null ? `retraction of ${step.statement}` : claimText(step.claim)}`,
  ...step.rows.map((row) => `    met: ${rowText(row)}`),
  ...step.changes.map((change) => `    moved: ${changeText(change)}`),
  ...step.conflicts.map((conflict) => `    ${conflictText(conflict)}`),
  ...(step.changes.length + step.conflicts.length === 0 ? ['    moved nothing'] : []),
]

const claimText = ({ statement, matter, facet, value }: ExplainedClaim): string =>
  `${statement}: ${matter} ${facet} ${value}`

const rowText = ({ row, against, order }: RowMet): string =>
  against === null ? `'${row}'` : `'${row}', against ${claimText(against)}, order ${order ?? 'none'}`

const changeText = (change: Change): string => {
  const { kind, matter, facet, from, to, validFrom, entailedFrom, reversesEarlier } = change
  return (
    `${kind} of ${matter} ${facet} from ${from ?? 'nothing'} to ${to ?? 'nothing'}, valid from ${validFrom}` +
    (entailedFrom === null ? '' : `, entailed from ${entailedFrom}`) +
    (reversesEarlier ? ', reverses an earlier one' : '')
  )
}

const conflictText = ({ kind, facet, matters, statements, settledBy }: Conflict): string =>
  `${settledBy === null ? 'opened' : `settled by ${settledBy}:`} ${kind} of ${statements.join(' and ')} on ${matters.join(', ')} ${facet}`

const blockedLine = ({ topic, partition, offset, outcome, type, code, missing }: BlockedEvent): string =>
  `${outcome}: ${topic}/${partition}/${offset} ${type ?? ''}${code === null ? '' : ` ${code}`}${
    missing === null ? '' : ` needs ${missing.join(', ')}`
  }`
