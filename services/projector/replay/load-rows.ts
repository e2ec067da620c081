import { copyBoolean, copyText, CopyRows } from '#libs/postgres/copy-buffer.js'
import type { StatementQueue } from '#libs/postgres/statement-queue.js'
import type { RegistryEntity } from '../registry/registry-entities.js'
import type { TrackRows } from '../tracks/fold-rows.js'
import { digestText } from '../tracks/row-digest.js'
import type { PositionRow } from '../tracks/track-rows.js'
import { insertChanges, insertConflicts } from '../tracks/write-tracks.js'

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
  const positions = new CopyRows()
  for (const { positions: held } of folded) for (const row of held) positions.add(positionLine(row))
  queue.copy(POSITION_TARGET, positions)
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

const POSITION_TARGET =
  'position (actor, matter, facet, dossier, value, role, statement_id, authority, valid_from, entailed_from, contested, body)'

const positionLine = ({ actor, dossier, role, position, body }: PositionRow): string =>
  `${actor}\t${position.matter}\t${position.facet}\t${dossier}\t${position.value}\t${role}\t${position.statement}\t${
    position.authority
  }\t${position.validFrom}\t${copyText(position.entailedFrom)}\t${copyBoolean(
    position.contestedBy.length > 0,
  )}\t${copyText(body)}`

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
