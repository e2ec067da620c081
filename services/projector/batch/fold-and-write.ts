import { setImmediate } from 'node:timers/promises'
import { CopyRows } from '#libs/postgres/copy-buffer.js'
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
import { foldDirty, type FoldOutcome } from '../tracks/fold-tracks.js'
import { reachesForgotten } from '../tracks/forget-segments.js'
import { trackKey, type FoldedTrack } from '../tracks/folded-track.js'
import { loadTracks } from '../tracks/load-tracks.js'
import type { FoldTrack } from '../tracks/reducers.js'
import type { TrackCache } from '../tracks/track-cache.js'
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
  const { registry, statements, reports } = work.desk
  const dirty = work.dirty.all()
  // both read what the database holds before this batch changes it
  const tracks = reducer === null ? await openTracks(work, cache, dirty) : new Map<string, FoldedTrack>()
  const others = reducer === null ? null : await foldByReducer(work.client, dirty, registry, reducer)
  writeStatements(queue, statements.touched(), registry)
  writeReports(queue, reports.touched())
  if (publishes) writeIdentities(queue, work.applied)
  else claimIdentities(queue, work.applied.identities)
  writeOutcomes(queue, work.applied)
  const folds = others ?? (await foldAll(tracks, dirty, cache))
  for (const fold of folds) if (fold.outcome === 'parked') onParked(fold)
  writeTracks(queue, folds, recordedAt.at(-1) ?? '', { publishes })
  return dirty.length
}

/** The dirty tracks, from memory or else from the database, which must not yet hold what this batch changes. */
const openTracks = async (
  work: BatchWork,
  cache: TrackCache,
  dirty: readonly DirtyTrack[],
): Promise<Map<string, FoldedTrack>> => {
  const tracks = new Map<string, FoldedTrack>()
  const unknown: DirtyTrack[] = []
  for (const track of dirty) {
    const key = trackKey(track.actor, track.dossier)
    // the registry moved beneath it: nothing that was placed by the old one may be kept
    const cached = cache.take(key)
    if (cached && !track.replaced && !reachesForgotten(cached, track)) tracks.set(key, cached)
    else unknown.push(track)
  }
  if (unknown.length === 0) return tracks
  for (const loaded of await loadTracks(work.client, unknown, work.desk.registry))
    tracks.set(trackKey(loaded.actor, loaded.dossier), loaded)
  return tracks
}

const foldAll = async (
  tracks: ReadonlyMap<string, FoldedTrack>,
  dirty: readonly DirtyTrack[],
  cache: TrackCache,
): Promise<FoldOutcome[]> => {
  const folds: FoldOutcome[] = []
  for (const [index, one] of dirty.entries()) {
    const key = trackKey(one.actor, one.dossier)
    const track = tracks.get(key)
    if (track === undefined) throw new Error(`track ${key} is dirty but was not opened`)
    const fold = foldDirty(track, one)
    if (fold.outcome === 'folded') cache.set(fold.folded, one.added.size + one.changed.size)
    folds.push(fold)
    if (index % TRACKS_BETWEEN_PAUSES === 0) await setImmediate()
  }
  return folds
}

/** As when applying: the socket to Postgres and the heartbeats to Kafka get their turn. */
const TRACKS_BETWEEN_PAUSES = 50

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
