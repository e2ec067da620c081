import { tableLines } from '#libs/terminal/table-lines.js'
import type { CheckpointStatus, GenerationStatus, LedgerStatus } from './read-status.js'

/** The status as a person reads it. */
export const linesOfStatus = (status: LedgerStatus): string[] => [
  ...tableLines([['generation', 'status', 'reducer', 'records', 'since'], ...status.generations.map(generationRow)]),
  '',
  ...tableLines([
    ['topic', 'partition', 'checkpoint', 'end', 'lag', 'recorded'],
    ...status.checkpoints.map(checkpointRow),
  ]),
  '',
  lagLine(status),
  `Outbox: ${status.outbox.messages} messages to be published.`,
  blockedLine(status),
  ...status.staleTracks.map(
    ({ actor, dossier, code }) => `Stale: ${actor} in ${dossier} (${code}): its positions are the last good ones.`,
  ),
]

const generationRow = ({ id, status, reducer, records, createdAt, promotedAt, exists, phase }: GenerationStatus) => [
  id,
  status === 'building' ? `building (${phase ?? 'new'})` : status === 'retired' && exists ? 'retired (kept)' : status,
  reducer,
  records,
  (promotedAt ?? createdAt).toISOString(),
]

const checkpointRow = ({ topic, partition, nextOffset, endOffset, recordedAt }: CheckpointStatus) => [
  topic,
  partition,
  nextOffset,
  endOffset ?? '?',
  endOffset === null ? '?' : Math.max(0, endOffset - nextOffset),
  recordedAt?.toISOString() ?? '-',
]

const lagLine = ({ live, lag, endsFrom }: LedgerStatus): string =>
  lag === null
    ? `How far generation ${live} is behind is not known: no end of a topic is.`
    : `Generation ${live} is ${lag} records behind${endsFrom === 'projector' ? ', by the ends that the projector noted' : ''}.`

const blockedLine = ({ blocked: { quarantined, pending, waiting, staleTracks } }: LedgerStatus): string =>
  `Blocked: ${quarantined} quarantined, ${pending} pending, ${waiting} waiting. Stale tracks: ${staleTracks}.`
