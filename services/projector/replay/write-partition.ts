import { setImmediate } from 'node:timers/promises'
import type { Registry } from '#libs/ledger/registry.js'
import { placeStatement, trackActors } from '#libs/ledger/track-input.js'
import type { TrackStatement } from '#libs/ledger/track.js'
import { inTransaction, type Client } from '#libs/postgres/database.js'
import { StatementQueue } from '#libs/postgres/statement-queue.js'
import { claimIdentities, writeOutcomes } from '../batch/fold-and-write.js'
import type { RegistryEntity } from '../registry/registry-entities.js'
import type { ReportState } from '../reports/report-shelf.js'
import type { ShelvedStatement, StatementShelf } from '../statements/statement-shelf.js'
import { writeStatements } from '../statements/write-statements.js'
import { rowsOfFold } from '../tracks/fold-rows.js'
import { trackKey } from '../tracks/folded-track.js'
import type { FoldTrack } from '../tracks/reducers.js'
import { sharedMatters } from '../tracks/shared-matters.js'
import type { LoadedPartition } from './load-partition.js'
import { loadEntityRows, loadTrackRows, type LoadedTrack } from './load-rows.js'
import { INSERT_CHECKPOINT } from './replay.sql.js'

export interface PartitionTarget {
  readonly generation: number
  readonly schemaName: string
  readonly topic: string
  readonly partition: number
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
    const tracks = await writeStatementRows(queue, loaded.statements, registry, written.some)
    await writeTrackRows(queue, tracks, registry, { recordedAt: loaded.recordedAt, fold, onWritten: written.some })
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

interface TrackToFold {
  readonly actor: string
  readonly dossier: string
  readonly statements: TrackStatement[]
}

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

/** @returns the tracks that the statements feed */
const writeStatementRows = async (
  queue: StatementQueue,
  shelf: StatementShelf,
  registry: Registry,
  onWritten: (count: number) => void,
): Promise<Map<string, TrackToFold>> => {
  const tracks = new Map<string, TrackToFold>()
  const pace = paceOf(queue)
  for (const piece of shelf.takeTouched(STATEMENTS_A_COPY)) {
    writeStatements(queue, piece, registry)
    for (const statement of piece) enterTracks(tracks, statement, registry)
    await pace()
    onWritten(piece.length)
  }
  return tracks
}

const enterTracks = (tracks: Map<string, TrackToFold>, { state }: ShelvedStatement, registry: Registry): void => {
  for (const actor of trackActors(state, registry)) {
    const placed = placeStatement(state, registry, actor)
    if (placed.counts !== 'yes') continue
    const { dossier } = state
    const key = trackKey(actor, dossier)
    const track = tracks.get(key)
    if (track) track.statements.push(placed.statement)
    else tracks.set(key, { actor, dossier, statements: [placed.statement] })
  }
}

const ROWS_A_COPY = 2_000

const writeTrackRows = async (
  queue: StatementQueue,
  tracks: Map<string, TrackToFold>,
  registry: Registry,
  { recordedAt, fold, onWritten }: { recordedAt: string; fold: FoldTrack; onWritten: (count: number) => void },
): Promise<void> => {
  const pace = paceOf(queue)
  let waiting: LoadedTrack[] = []
  let rowCount = 0
  for (const [key, track] of tracks) {
    tracks.delete(key)
    waiting.push(foldWhole(track, registry, fold))
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
