import { setImmediate } from 'node:timers/promises'
import type { Registry } from '#libs/ledger/registry.js'
import { inTransaction, type Client } from '#libs/postgres/database.js'
import { StatementQueue } from '#libs/postgres/statement-queue.js'
import { claimIdentities, writeOutcomes } from '../batch/fold-and-write.js'
import type { RegistryEntity } from '../registry/registry-entities.js'
import type { ReportState } from '../reports/report-shelf.js'
import type { StatementShelf } from '../statements/statement-shelf.js'
import { writeStatements } from '../statements/write-statements.js'
import { rowsOfFold } from '../tracks/fold-rows.js'
import type { FoldTrack } from '../tracks/reducers.js'
import { sharedMatters } from '../tracks/shared-matters.js'
import type { LoadedPartition } from './load-partition.js'
import { loadEntityRows, loadTrackRows, type LoadedTrack } from './load-rows.js'
import { INSERT_CHECKPOINT } from './replay.sql.js'
import { TracksToFold, type TrackToFold } from './tracks-to-fold.js'

export interface PartitionTarget {
  readonly generation: number
  readonly schemaName: string
  readonly topic: string
  readonly partition: number
  /** How many statements wait as objects for their tracks to be folded. */
  readonly warmStatementsMax: number
}

/**
 * Writes everything that a partition came to, each track folded once, and the checkpoint with it, in one transaction:
 * after a kill the partition is loaded again or it is there. Takes `loaded` apart as it goes.
 * @param onWritten  told of shares of the work, which come to 1
 */
export const writePartition = (
  client: Client,
  target: PartitionTarget,
  loaded: LoadedPartition,
  fold: FoldTrack,
  onWritten: (share: number) => void,
): Promise<void> =>
  inTransaction(client, async () => {
    await client.query(`set local search_path to ${target.schemaName}, ledger`)
    // what a crash of Postgres takes with it is loaded again
    await client.query('set local synchronous_commit to off')
    const queue = new StatementQueue(client)
    const { registry } = loaded.desk
    writeOutcomes(queue, loaded.applied)
    claimIdentities(queue, loaded.newOwners)
    loadEntityRows(queue, loaded.reports.touched().map(reportEntity))
    const written = sharesOf(2 * loaded.statements.size, onWritten)
    const tracks = new TracksToFold(registry, target.warmStatementsMax)
    await writeStatementRows(queue, loaded.statements, tracks, written.some)
    await writeTrackRows(queue, tracks, { recordedAt: loaded.recordedAt, fold, onWritten: written.some })
    await queue.drain()
    written.rest()
    await client.query(INSERT_CHECKPOINT, [target.generation, target.topic, target.partition])
  })

const reportEntity = (report: ReportState): RegistryEntity => ({
  kind: 'report',
  id: report.id,
  dossier: null,
  body: JSON.stringify(report),
  recordedAt: report.recordedAt,
})

/** Each statement counts when its row is written, and when it is folded; one that feeds several tracks, no more than that. */
const sharesOf = (total: number, onWritten: (share: number) => void) => {
  let done = 0
  const upTo = (next: number): void => {
    if (next <= done) return
    onWritten((next - done) / total)
    done = next
  }
  return {
    some: (count: number) => upTo(Math.min(total, done + count)),
    rest: () => (total === 0 ? onWritten(1) : upTo(total)),
  }
}

const STATEMENTS_A_COPY = 1_000
/** Copies that are built before Postgres has taken the first of them. */
const COPIES_AHEAD = 4

/** @param tracks  where the statements are entered */
const writeStatementRows = async (
  queue: StatementQueue,
  shelf: StatementShelf,
  tracks: TracksToFold,
  onWritten: (count: number) => void,
): Promise<void> => {
  const pace = paceOf(queue)
  for (const piece of shelf.takeTouched(STATEMENTS_A_COPY)) {
    writeStatements(queue, piece, tracks.registry)
    for (const { state } of piece) tracks.enter(state)
    await pace()
    onWritten(piece.length)
  }
}

const ROWS_A_COPY = 2_000

const writeTrackRows = async (
  queue: StatementQueue,
  tracks: TracksToFold,
  { recordedAt, fold, onWritten }: { recordedAt: string; fold: FoldTrack; onWritten: (count: number) => void },
): Promise<void> => {
  const pace = paceOf(queue)
  let waiting: LoadedTrack[] = []
  let rowCount = 0
  for (const track of tracks.take()) {
    waiting.push(foldWhole(track, tracks.registry, fold))
    rowCount += track.statements.length
    if (rowCount < ROWS_A_COPY) continue
    loadTrackRows(queue, waiting, recordedAt)
    onWritten(rowCount)
    waiting = []
    rowCount = 0
    await pace()
  }
  loadTrackRows(queue, waiting, recordedAt)
}

const foldWhole = ({ actor, dossier, statements }: TrackToFold, registry: Registry, fold: FoldTrack): LoadedTrack => {
  // the levels of its matters are found once for all tracks of a dossier that see them alike
  const matters = sharedMatters(registry, dossier, actor)
  try {
    const rows = rowsOfFold(actor, dossier, matters, fold(statements, matters))
    return { actor, dossier, statements: statements.length, rows }
  } catch {
    // as in the live generation: marked, and looked at by a person
    return { actor, dossier, statements: statements.length, rows: null }
  }
}

/** Lets the socket have its turn, and waits for Postgres now and then, so that what is queued has a bound. */
const paceOf = (queue: StatementQueue): (() => Promise<void>) => {
  let ahead = 0
  return async () => {
    ahead++
    if (ahead % COPIES_AHEAD === 0) await queue.drain()
    else await setImmediate()
  }
}
