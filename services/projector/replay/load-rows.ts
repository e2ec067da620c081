import { copyText, CopyRows } from '#libs/postgres/copy-buffer.js'
import type { StatementQueue } from '#libs/postgres/statement-queue.js'
import type { RegistryEntity } from '../registry/registry-entities.js'
import type { TrackRows } from '../tracks/fold-rows.js'
import { digestText } from '../tracks/row-digest.js'
import { insertChanges, insertConflicts, insertPositions } from '../tracks/write-tracks.js'

/** A track folded whole; null rows where the fold threw. */
export interface LoadedTrack {
  readonly actor: string
  readonly dossier: string
  readonly statements: number
  readonly rows: TrackRows | null
}

/** Queues the rows of tracks for tables that have no indexes yet and hold nothing of them. */
export const loadTrackRows = (queue: StatementQueue, tracks: readonly LoadedTrack[], recordedAt: string): void => {
  const folded = tracks.flatMap(({ rows }) => rows ?? [])
  insertPositions(
    queue,
    folded.flatMap(({ positions }) => positions),
  )
  const first = <Row>(row: Row) => ({ row, revision: 1 })
  insertChanges(
    queue,
    folded.flatMap(({ changes }) => changes.map(first)),
    recordedAt,
  )
  insertConflicts(
    queue,
    folded.flatMap(({ conflicts }) => conflicts.map(first)),
    recordedAt,
  )
  const names = new CopyRows()
  for (const track of tracks) names.add(trackLine(track, recordedAt))
  queue.copy(TRACK_TARGET, names)
}

const TRACK_TARGET = 'track (actor, dossier, statements, version, digest, stale_code, recorded_at)'
const NOTHING = '0'.repeat(24)

/** What failed to fold is as in a live generation that never had a good fold of it. */
const trackLine = ({ actor, dossier, statements, rows }: LoadedTrack, recordedAt: string): string =>
  rows === null
    ? `${actor}\t${dossier}\t0\t1\t${NOTHING}\tFOLD_FAILED\t${recordedAt}`
    : `${actor}\t${dossier}\t${statements}\t1\t${digestText(rows.digest)}\t${copyText(null)}\t${recordedAt}`

/** Queues entities of the registry, or reports, for a table that holds none of them. */
export const loadEntityRows = (queue: StatementQueue, entities: Iterable<RegistryEntity>): void => {
  const rows = new CopyRows()
  for (const { kind, id, dossier, body, recordedAt } of entities)
    rows.add(`${kind}\t${id}\t${copyText(dossier)}\t${copyText(body)}\t${recordedAt}`)
  queue.copy('registry_entity (kind, id, dossier, body, recorded_at)', rows)
}
