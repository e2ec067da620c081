import { CopyRows } from '#libs/postgres/copy-buffer.js'
import { partsOf } from '#libs/postgres/statement-parts.js'
import type { StatementQueue } from '#libs/postgres/statement-queue.js'
import { textColumn } from '#libs/postgres/text-columns.js'
import type { NewRecords } from '../checkpoints/continue-from.js'
import { addOutcomeRow, OUTCOME_TARGET } from '../outcomes/outcome-rows.js'
import { DELETE_OUTCOMES } from '../outcomes/outcomes.sql.js'
import type { DecodedRecord } from '../records/decode-record.js'
import { addIdentityRow, IDENTITY_TARGET } from '../records/journal-rows.js'
import { CLAIM_IDENTITIES } from '../records/journal.sql.js'
import { placeColumns } from '../records/read-journal.js'
import { writeReports } from '../reports/write-reports.js'
import { writeStatements } from '../statements/write-statements.js'
import type { DirtyTrack } from '../tracks/dirty-tracks.js'
import { foldByReducer } from '../tracks/fold-by-reducer.js'
import type { FoldOutcome } from '../tracks/fold-tracks.js'
import { tracksToLoad, type TracksToLoad } from '../tracks/load-tracks.js'
import { foldOpen, openStored, takeCached, type OpenTrack } from '../tracks/open-tracks.js'
import type { FoldTrack } from '../tracks/reducers.js'
import type { TrackCache } from '../tracks/cache/track-cache.js'
import { writeTracks } from '../tracks/write-tracks.js'
import type { Applied } from './apply-records.js'
import type { BatchWork } from './batch-work.js'

export interface FoldAndWriteOptions {
  /** Whether event ids are owned from here on, and differences are queued in the outbox: not so for a candidate. */
  readonly publishes: boolean
  /** Another fold than the built-in one. */
  readonly reducer: FoldTrack | null
  readonly onParked: (parked: Extract<FoldOutcome, { outcome: 'parked' }>) => void
}

/** Writes what became of the records, folds the tracks that they made dirty, and queues the differences. @returns how many tracks */
export const foldAndWrite = async (
  work: BatchWork,
  queue: StatementQueue,
  cache: TrackCache,
  { recordedAt }: NewRecords,
  { publishes, reducer, onParked }: FoldAndWriteOptions,
): Promise<number> => {
  const { client, desk } = work
  const dirty = work.dirty.all()
  const { cached, left } = reducer === null ? takeCached(cache, dirty, desk.registry) : { cached: [], left: dirty }
  const [first, ...others] = await tracksToLoad(client, left)
  const open = async (part: TracksToLoad<DirtyTrack>, more: readonly OpenTrack[]): Promise<Folding> => {
    if (reducer !== null) return folded(await foldByReducer(client, part, desk.registry, reducer))
    const tracks = [...more, ...(await openStored(client, part, desk.registry))]
    return () => foldInTurns(tracks, cache)
  }
  const write = (folds: readonly FoldOutcome[]): void => {
    for (const fold of folds) if (fold.outcome === 'parked') onParked(fold)
    writeTracks(queue, folds, recordedAt.at(-1) ?? '', { publishes })
  }
  const fold = await open(first, cached)
  // Postgres writes these while the tracks are folded
  writeRecords(queue, work, publishes)
  for await (const folds of fold()) write(folds)
  for (const part of others) {
    // what is queued, and what the part before it held, is out of memory by then. Statements are read as this batch has left
    // them, where the first part read them as they were: of those that it moved, a track takes the batch's word in any case
    await queue.drain()
    for await (const folds of (await open(part, []))()) write(folds)
  }
  return dirty.length
}

/** Folds tracks that are open, some at a time. */
type Folding = () => AsyncIterable<readonly FoldOutcome[]> | Iterable<readonly FoldOutcome[]>
const folded =
  (folds: readonly FoldOutcome[]): Folding =>
  () => [folds]

/** Postgres writes the differences of some tracks while the next are folded. */
async function* foldInTurns(tracks: readonly OpenTrack[], cache: TrackCache): AsyncGenerator<readonly FoldOutcome[]> {
  for (const part of partsOf(tracks, TRACKS_A_TURN)) yield await foldOpen(part, cache)
}

/** So many that the statements that write them cost little beside the rows. */
const TRACKS_A_TURN = 200

const writeRecords = (queue: StatementQueue, { desk, applied }: BatchWork, publishes: boolean): void => {
  writeStatements(queue, desk.statements.touched(), desk.registry)
  writeReports(queue, desk.reports.touched())
  if (publishes) writeIdentities(queue, applied)
  else claimIdentities(queue, applied.identities)
  writeOutcomes(queue, applied)
}

const writeIdentities = (queue: StatementQueue, applied: Applied): void => {
  const identities = new CopyRows()
  for (const record of applied.identities) if (record.eventId) addIdentityRow(identities, record, record.eventId)
  queue.copy(IDENTITY_TARGET, identities)
}

/** For what could not be read when the ledger first saw it, and can be now: nobody owns its id, or somebody did already. */
export const claimIdentities = (queue: StatementQueue, records: readonly DecodedRecord[]): void => {
  queue.write(records, (part) => ({
    text: CLAIM_IDENTITIES,
    values: [textColumn(part.map(({ eventId }) => eventId)), ...placeColumns(part)],
  }))
}

/** Queues the outcomes of a batch's records, and those that replace what earlier records had. */
export const writeOutcomes = (queue: StatementQueue, applied: Applied): void => {
  queue.write(applied.resettled, (part) => ({
    name: 'delete-outcomes',
    text: DELETE_OUTCOMES,
    values: placeColumns(part),
  }))
  const outcomes = new CopyRows()
  for (const outcome of applied.outcomes.values()) addOutcomeRow(outcomes, outcome)
  queue.copy(OUTCOME_TARGET, outcomes)
}
