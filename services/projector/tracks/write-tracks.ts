import { copyArray, copyBoolean, CopyRows, copyText } from '#libs/postgres/copy-buffer.js'
import type { StatementQueue } from '#libs/postgres/statement-queue.js'
import { partsOf } from '#libs/postgres/statement-parts.js'
import { textColumn } from '#libs/postgres/text-columns.js'
import { OutboxMessages, OUTBOX_TARGET } from '../outbox/outbox-rows.js'
import { changeMessage, conflictMessage } from '../outbox/messages.js'
import type { FoldOutcome } from './fold-tracks.js'
import type { Revised, TrackDiff } from './diff-track.js'
import { statementCountOf } from './cache/forget-segments.js'
import { digestText } from './row-digest.js'
import type { ChangeRow, ConflictRow, PositionRow } from './track-rows.js'
import type { RevokedChange, RevokedConflict } from '../outbox/messages.js'
import {
  DELETE_POSITIONS,
  MARK_TRACKS_STALE,
  REVOKE_CHANGES,
  REVOKE_CONFLICTS,
  UPDATE_CHANGES,
  UPDATE_CONFLICTS,
  UPDATE_POSITIONS,
  UPSERT_TRACKS,
} from './tracks.sql.js'

/**
 * Queues the differences of all folded tracks. The outbox comes last, since revocations are announced with what the
 * database held.
 * @param recordedAt ISO instant of the last record of the batch
 */
export const writeTracks = (
  queue: StatementQueue,
  folds: readonly FoldOutcome[],
  recordedAt: string,
  { publishes }: { readonly publishes: boolean },
): void => {
  const folded = folds.filter((fold) => fold.outcome === 'folded')
  const diffs = folded.map(({ diff }) => diff)
  const newPositions = diffs.flatMap((diff) => diff.newPositions)
  const positions = diffs.flatMap((diff) => diff.positions)
  const gone = folded.flatMap(({ folded: { actor }, diff }) => diff.gonePositions.map((one) => ({ ...one, actor })))
  const changes = diffs.flatMap((diff) => diff.changes)
  const conflicts = diffs.flatMap((diff) => diff.conflicts)
  insertChanges(queue, changes, recordedAt)
  insertPositions(queue, newPositions)
  updatePositions(queue, positions)
  upsertTracks(queue, folded, recordedAt)
  insertConflicts(queue, conflicts, recordedAt)
  markStale(queue, folds, recordedAt)
  deletePositions(queue, gone)
  updateChanges(queue, changes, recordedAt)
  updateConflicts(queue, conflicts, recordedAt)
  revoke(queue, diffs, recordedAt, publishes)
  if (publishes) writeOutbox(queue, { positions: [...newPositions, ...positions], gone, changes, conflicts })
}

type Folded = Extract<FoldOutcome, { outcome: 'folded' }>

const upsertTracks = (queue: StatementQueue, folds: readonly Folded[], recordedAt: string): void => {
  queue.write(folds, (part) => ({
    name: 'upsert-tracks',
    text: UPSERT_TRACKS,
    values: [
      textColumn(part.map(({ folded }) => folded.actor)),
      textColumn(part.map(({ folded }) => folded.dossier)),
      textColumn(part.map(({ folded }) => statementCountOf(folded))),
      textColumn(part.map(({ folded }) => digestText(folded.digest))),
      textColumn(part.map(() => recordedAt)),
    ],
  }))
}

const markStale = (queue: StatementQueue, folds: readonly FoldOutcome[], recordedAt: string): void => {
  const parked = folds.filter((fold) => fold.outcome === 'parked')
  queue.write(parked, (part) => ({
    name: 'mark-tracks-stale',
    text: MARK_TRACKS_STALE,
    values: [
      textColumn(part.map(({ actor }) => actor)),
      textColumn(part.map(({ dossier }) => dossier)),
      textColumn(part.map(() => 'FOLD_FAILED')),
      textColumn(part.map(() => recordedAt)),
    ],
  }))
}

const POSITION_TARGET =
  'position (actor, matter, facet, dossier, value, role, statement_id, authority, valid_from, entailed_from, contested, body)'

/** By COPY, since a track knows which positions the database holds of it: what an upsert finds out costs half as much again. */
export const insertPositions = (queue: StatementQueue, positions: readonly PositionRow[]): void => {
  const rows = new CopyRows()
  for (const { actor, dossier, role, position, body } of positions)
    rows.add(
      `${actor}\t${position.matter}\t${position.facet}\t${dossier}\t${position.value}\t${role}\t${
        position.statement
      }\t${position.authority}\t${position.validFrom}\t${copyText(position.entailedFrom)}\t${copyBoolean(
        position.contestedBy.length > 0,
      )}\t${copyText(body)}`,
    )
  queue.copy(POSITION_TARGET, rows)
}

const updatePositions = (queue: StatementQueue, rows: readonly PositionRow[]): void => {
  queue.write(rows, (part) => ({
    name: 'update-positions',
    text: UPDATE_POSITIONS,
    values: [
      textColumn(part.map(({ actor }) => actor)),
      textColumn(part.map(({ position }) => position.matter)),
      textColumn(part.map(({ position }) => position.facet)),
      textColumn(part.map(({ position }) => position.value)),
      textColumn(part.map(({ role }) => role)),
      textColumn(part.map(({ position }) => position.statement)),
      textColumn(part.map(({ position }) => position.authority)),
      textColumn(part.map(({ position }) => position.validFrom)),
      textColumn(part.map(({ position }) => position.entailedFrom)),
      textColumn(part.map(({ position }) => position.contestedBy.length > 0)),
      textColumn(part.map(({ body }) => body)),
    ],
  }))
}

interface GonePosition {
  readonly actor: string
  readonly matter: string
  readonly facet: string
}

const deletePositions = (queue: StatementQueue, gone: readonly GonePosition[]): void => {
  queue.write(gone, (part) => ({
    name: 'delete-positions',
    text: DELETE_POSITIONS,
    values: [
      textColumn(part.map(({ actor }) => actor)),
      textColumn(part.map(({ matter }) => matter)),
      textColumn(part.map(({ facet }) => facet)),
    ],
  }))
}

const CHANGE_TARGET =
  'change (id, actor, dossier, matter, facet, kind, from_value, to_value, claim_order, statement_id, valid_from, entailed_from, reverses_earlier, track_order, revision, revoked, recorded_at)'

/** New changes by COPY; those that were there before are for `updateChanges`. */
export const insertChanges = (queue: StatementQueue, all: readonly Revised<ChangeRow>[], recordedAt: string): void => {
  const rows = new CopyRows()
  for (const { row, revision } of all) {
    if (revision !== 1) continue
    const { change } = row
    rows.add(
      `${row.id}\t${row.actor}\t${row.dossier}\t${change.matter}\t${change.facet}\t${change.kind}\t${copyText(
        change.from,
      )}\t${copyText(change.to)}\t${copyText(change.order)}\t${change.statement}\t${change.validFrom}\t${copyText(
        change.entailedFrom,
      )}\t${copyBoolean(change.reversesEarlier)}\t${row.trackOrder}\t1\tf\t${recordedAt}`,
    )
  }
  queue.copy(CHANGE_TARGET, rows)
}

const updateChanges = (queue: StatementQueue, all: readonly Revised<ChangeRow>[], recordedAt: string): void => {
  const changed = all.filter(({ revision }) => revision > 1)
  queue.write(changed, (part) => ({
    name: 'update-changes',
    text: UPDATE_CHANGES,
    values: [
      textColumn(part.map(({ row }) => row.id)),
      textColumn(part.map(({ row }) => row.change.from)),
      textColumn(part.map(({ row }) => row.change.to)),
      textColumn(part.map(({ row }) => row.change.order)),
      textColumn(part.map(({ row }) => row.change.validFrom)),
      textColumn(part.map(({ row }) => row.change.entailedFrom)),
      textColumn(part.map(({ row }) => row.change.reversesEarlier)),
      textColumn(part.map(({ row }) => row.trackOrder)),
      textColumn(part.map(({ revision }) => revision)),
      textColumn(part.map(() => recordedAt)),
    ],
  }))
}

const CONFLICT_TARGET =
  'conflict (id, actor, dossier, kind, facet, matters, statement_ids, valid_from, settled_by, track_order, revision, revoked, recorded_at)'

export const insertConflicts = (
  queue: StatementQueue,
  all: readonly Revised<ConflictRow>[],
  recordedAt: string,
): void => {
  const rows = new CopyRows()
  for (const { row, revision } of all) {
    if (revision !== 1) continue
    const { conflict } = row
    rows.add(
      `${row.id}\t${row.actor}\t${row.dossier}\t${conflict.kind}\t${conflict.facet}\t${copyArray(
        conflict.matters,
      )}\t${copyArray(conflict.statements)}\t${conflict.validFrom}\t${copyText(conflict.settledBy)}\t${
        row.trackOrder
      }\t1\tf\t${recordedAt}`,
    )
  }
  queue.copy(CONFLICT_TARGET, rows)
}

const updateConflicts = (queue: StatementQueue, all: readonly Revised<ConflictRow>[], recordedAt: string): void => {
  const changed = all.filter(({ revision }) => revision > 1)
  queue.write(changed, (part) => ({
    name: 'update-conflicts',
    text: UPDATE_CONFLICTS,
    values: [
      textColumn(part.map(({ row }) => row.id)),
      textColumn(part.map(({ row }) => row.conflict.kind)),
      textColumn(part.map(({ row }) => row.conflict.validFrom)),
      textColumn(part.map(({ row }) => row.conflict.settledBy)),
      textColumn(part.map(({ row }) => row.trackOrder)),
      textColumn(part.map(({ revision }) => revision)),
      textColumn(part.map(() => recordedAt)),
    ],
  }))
}

const revoke = (queue: StatementQueue, diffs: readonly TrackDiff[], recordedAt: string, publishes: boolean): void => {
  const changes = diffs.flatMap((diff) => diff.revokedChanges)
  revokeRows(queue, changes, recordedAt, {
    revoked: (values) => queue.query<RevokedChange>({ name: 'revoke-changes', text: REVOKE_CHANGES, values }),
    messageOf: publishes ? (row) => changeMessage('revoked', row) : null,
  })
  const conflicts = diffs.flatMap((diff) => diff.revokedConflicts)
  revokeRows(queue, conflicts, recordedAt, {
    revoked: (values) => queue.query<RevokedConflict>({ name: 'revoke-conflicts', text: REVOKE_CONFLICTS, values }),
    messageOf: publishes ? (row) => conflictMessage('revoked', row) : null,
  })
}

interface Revocation<Row> {
  readonly revoked: (values: string[]) => Promise<{ readonly rows: readonly Row[] }>
  /** Null: nobody is told. */
  readonly messageOf: ((row: Row) => string) | null
}

/** What is revoked is announced, if at all, as the database held it, hence in a row of its own, once that is known. */
const revokeRows = <Row extends { readonly dossier: string }>(
  queue: StatementQueue,
  ids: readonly string[],
  recordedAt: string,
  { revoked, messageOf }: Revocation<Row>,
): void => {
  for (const part of partsOf(ids)) {
    const result = revoked([textColumn(part), textColumn(part.map(() => recordedAt))])
    if (messageOf === null) continue
    queue.copyLater(OUTBOX_TARGET, async () => {
      const messages = new OutboxMessages()
      for (const row of (await result).rows) messages.add(row.dossier, messageOf(row))
      return messages.toRows('changes')
    })
  }
}

interface Announcements {
  readonly positions: readonly PositionRow[]
  readonly gone: readonly GonePosition[]
  readonly changes: readonly Revised<ChangeRow>[]
  readonly conflicts: readonly Revised<ConflictRow>[]
}

const writeOutbox = (queue: StatementQueue, news: Announcements): void => {
  const positions = new OutboxMessages()
  for (const { actor, position, body } of news.positions)
    positions.add(`${actor}|${position.matter}|${position.facet}`, body)
  for (const { actor, matter, facet } of news.gone) positions.add(`${actor}|${matter}|${facet}`, null)
  queue.copy(OUTBOX_TARGET, positions.toRows('positions'))
  const changes = new OutboxMessages()
  for (const { row, revision } of news.changes)
    changes.add(row.dossier, changeMessage('asserted', row.change, placeOf(row, revision)))
  for (const { row, revision } of news.conflicts) {
    const kind = row.conflict.settledBy === null ? 'opened' : 'settled'
    changes.add(row.dossier, conflictMessage(kind, row.conflict, placeOf(row, revision)))
  }
  queue.copy(OUTBOX_TARGET, changes.toRows('changes'))
}

const placeOf = ({ id, actor, dossier }: { id: string; actor: string; dossier: string }, revision: number) => ({
  id,
  actor,
  dossier,
  revision,
})
