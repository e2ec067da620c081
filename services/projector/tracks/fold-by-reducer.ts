import type { Registry } from '#libs/ledger/registry.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { placeStatement } from '#libs/ledger/track-input.js'
import type { TrackStatement } from '#libs/ledger/track.js'
import type { Client } from '#libs/postgres/database.js'
import type { Revised, TrackDiff } from './diff-track.js'
import type { DirtyTrack } from './dirty-tracks.js'
import { rowsOfFold, type TrackRows } from './fold-rows.js'
import type { FoldOutcome } from './fold-tracks.js'
import { trackKey, type FoldedTrack } from './folded-track.js'
import { loadTracks, nameColumns, statementsOfTracks, trackOf, type TracksToLoad } from './load-tracks.js'
import type { FoldTrack } from './reducers.js'
import { sameRow, type RowDigest } from './row-digest.js'
import { positionKey, type StoredRow } from './track-rows.js'

/**
 * Folds dirty tracks whole with a reducer of an operator's own, which can fold but not extend, and compares with what the
 * database holds. Slower than the built-in fold by the length of the tracks.
 */
export const foldByReducer = async (
  client: Client,
  part: TracksToLoad<DirtyTrack>,
  registry: Registry,
  fold: FoldTrack,
): Promise<FoldOutcome[]> => {
  const dirty = part.names
  if (dirty.length === 0) return []
  const stored = await loadTracks(client, part, registry)
  const statements = await loadStatements(client, dirty, registry)
  return dirty.map((one) => {
    const known = statements.get(trackKey(one.actor, one.dossier)) ?? new Map<string, TrackStatement>()
    return foldOne(trackOf(stored, one), one, known, fold)
  })
}

type StatementsById = Map<string, TrackStatement>

const loadStatements = async (
  client: Client,
  dirty: readonly DirtyTrack[],
  registry: Registry,
): Promise<Map<string, StatementsById>> => {
  const { rows } = await statementsOfTracks(client, nameColumns(dirty))
  const byTrack = new Map<string, StatementsById>()
  for (const { actor, dossier, state } of rows) {
    const placed = placeStatement(JSON.parse(state) as StatementState, registry, actor)
    if (placed.counts !== 'yes') continue
    const key = trackKey(actor, dossier)
    const known = byTrack.get(key) ?? new Map<string, TrackStatement>()
    byTrack.set(key, known.set(placed.statement.id, placed.statement))
  }
  return byTrack
}

const foldOne = (folded: FoldedTrack, dirty: DirtyTrack, statements: StatementsById, fold: FoldTrack): FoldOutcome => {
  const { actor, dossier } = dirty
  for (const [id, statement] of dirty.added) statements.set(id, statement)
  for (const [id, statement] of dirty.changed) {
    if (statement) statements.set(id, statement)
    else statements.delete(id)
  }
  try {
    const rows = rowsOfFold(actor, dossier, folded.matters, fold([...statements.values()], folded.matters))
    folded.items.clear()
    for (const id of statements.keys()) folded.items.set(id, [])
    return { outcome: 'folded', folded, diff: differences(folded, rows) }
  } catch (error) {
    return { outcome: 'parked', actor, dossier, error }
  }
}

const differences = (folded: FoldedTrack, rows: TrackRows): TrackDiff => {
  folded.digest = rows.digest
  const held = new Set(rows.positions.map(({ position }) => positionKey(position.matter, position.facet)))
  return {
    positions: rows.positions.filter(({ position, digest }) => {
      const known = folded.positions.get(positionKey(position.matter, position.facet))
      return known !== undefined && !sameRow(known, digest)
    }),
    newPositions: rows.positions.filter(
      ({ position }) => folded.positions.get(positionKey(position.matter, position.facet)) === undefined,
    ),
    gonePositions: [...folded.positions.keys()]
      .filter((key) => !held.has(key))
      .map((key) => {
        const [matter = '', facet = ''] = key.split('|')
        return { matter, facet }
      }),
    changes: revised(folded.changes, rows.changes),
    revokedChanges: missing(folded.changes, rows.changes),
    conflicts: revised(folded.conflicts, rows.conflicts),
    revokedConflicts: missing(folded.conflicts, rows.conflicts),
  }
}

const revised = <Row extends { readonly id: string; readonly digest: RowDigest }>(
  stored: ReadonlyMap<string, StoredRow>,
  rows: readonly Row[],
): Revised<Row>[] =>
  rows.flatMap((row) => {
    const known = stored.get(row.id)
    if (known && !known.revoked && sameRow(known, row.digest)) return []
    return [{ row, revision: (known?.revision ?? 0) + 1 }]
  })

const missing = (stored: ReadonlyMap<string, StoredRow>, rows: readonly { readonly id: string }[]): string[] => {
  const ids = new Set(rows.map(({ id }) => id))
  return [...stored].filter(([id, { revoked }]) => !revoked && !ids.has(id)).map(([id]) => id)
}
