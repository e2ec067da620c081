import type { PositionResource } from '#libs/contracts/resources.js'
import type { Registry } from '#libs/ledger/registry.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { itemsOf } from '#libs/ledger/claims.js'
import { placeStatement } from '#libs/ledger/track-input.js'
import type { Change, Conflict } from '#libs/ledger/track.js'
import { together, type Client } from '#libs/postgres/database.js'
import { queryInParts } from '#libs/postgres/statement-parts.js'
import { textColumn } from '#libs/postgres/text-columns.js'
import { LOAD_STATEMENTS_OF_TRACKS } from '../statements/statements.sql.js'
import type { QueryResult } from 'pg'
import { emptyFoldedTrack, trackKey, type FoldedTrack } from './folded-track.js'
import { parseDigest, digestOf, type RowDigest } from './row-digest.js'
import { sharedMatters } from './shared-matters.js'
import { changeDigest, conflictDigest, positionKey, storedRow, type StoredRow } from './track-rows.js'
import { FIND_TRACKS, LOAD_CHANGES, LOAD_CONFLICTS, LOAD_POSITIONS } from './tracks.sql.js'

export interface TrackName {
  readonly actor: string
  readonly dossier: string
}

/** Tracks to be loaded together, and what the database holds of those that it has. */
export interface TracksToLoad<Name extends TrackName> {
  readonly names: readonly Name[]
  readonly known: readonly KnownTrack[]
}
type Parts<Name extends TrackName> = [TracksToLoad<Name>, ...TracksToLoad<Name>[]]

interface KnownTrack extends TrackName {
  readonly digest: string
  readonly statements: number
}

/**
 * Cuts tracks into parts to be loaded and folded one after the other: an event of the registry may touch all tracks of a
 * dossier, and what these hold need not fit into memory. Those that the database does not have are in the first.
 * @returns at least one part
 */
export const tracksToLoad = async <Name extends TrackName>(
  client: Client,
  names: readonly Name[],
): Promise<Parts<Name>> => {
  if (names.length === 0) return [{ names: [], known: [] }]
  const known = await queryInParts(client, names, (part) =>
    client.query<KnownTrack>({ name: 'find-tracks', text: FIND_TRACKS, values: nameColumns(part) }),
  )
  const knownByKey = new Map(known.map((row) => [keyOf(row), row]))
  let part = { names: names.filter((name) => !knownByKey.has(keyOf(name))), known: [] as KnownTrack[] }
  const parts: Parts<Name> = [part]
  let statements = 0
  for (const name of names) {
    const row = knownByKey.get(keyOf(name))
    if (row === undefined) continue
    statements += row.statements
    if (part.known.length === TRACKS_A_PART || (statements > STATEMENTS_A_PART && part.known.length > 0)) {
      part = { names: [], known: [] }
      parts.push(part)
      statements = row.statements
    }
    part.names.push(name)
    part.known.push(row)
  }
  return parts
}

const TRACKS_A_PART = 200
const STATEMENTS_A_PART = 20_000

const keyOf = ({ actor, dossier }: TrackName): string => trackKey(actor, dossier)

/**
 * Tracks as the database holds them: its rows, and the statements to fold. A track that the database does not have comes
 * back empty. The number of queries does not depend on that of tracks.
 * @returns by `trackKey`; `trackOf` finds one
 */
export const loadTracks = async (
  client: Client,
  { names, known }: TracksToLoad<TrackName>,
  registry: Registry,
): Promise<ReadonlyMap<string, FoldedTrack>> => {
  const tracks = new Map(
    names.map(({ actor, dossier }) => [
      trackKey(actor, dossier),
      emptyFoldedTrack(actor, dossier, sharedMatters(registry, dossier, actor)),
    ]),
  )
  if (known.length > 0) await fill(client, tracks, known, registry)
  return tracks
}

const fill = async (
  client: Client,
  tracks: ReadonlyMap<string, FoldedTrack>,
  known: readonly KnownTrack[],
  registry: Registry,
): Promise<void> => {
  const columns = nameColumns(known)
  for (const row of known) {
    const track = trackOf(tracks, row)
    track.digest = parseDigest(row.digest)
    track.folded = false
  }
  const [statements, positions, changes, conflicts] = await together(client, [
    () => statementsOfTracks(client, columns),
    () => client.query<PositionOfTrack>({ name: 'load-positions-of-tracks', text: LOAD_POSITIONS, values: columns }),
    () => client.query<ChangeOfTrack>({ name: 'load-changes-of-tracks', text: LOAD_CHANGES, values: columns }),
    () => client.query<ConflictOfTrack>({ name: 'load-conflicts-of-tracks', text: LOAD_CONFLICTS, values: columns }),
  ])
  for (const row of statements.rows) takeStatement(trackOf(tracks, row), row, registry)
  for (const row of positions.rows) takePosition(trackOf(tracks, row), row)
  for (const row of changes.rows) {
    const digest = changeDigest(row.id, row as unknown as Change, row.trackOrder)
    trackOf(tracks, row).changes.set(row.id, storedRow(digest, row))
  }
  for (const row of conflicts.rows) {
    const digest = conflictDigest(row.id, row as unknown as Conflict, row.trackOrder)
    trackOf(tracks, row).conflicts.set(row.id, storedRow(digest, row))
  }
}

/** The states of all statements of some tracks. @param columns as `nameColumns` makes them */
export const statementsOfTracks = (client: Client, columns: string[]): Promise<QueryResult<StatementOfTrack>> =>
  client.query({ name: 'load-statements-of-tracks', text: LOAD_STATEMENTS_OF_TRACKS, values: columns })

const takeStatement = (track: FoldedTrack, { state }: StatementOfTrack, registry: Registry): void => {
  const placed = placeStatement(JSON.parse(state) as StatementState, registry, track.actor)
  if (placed.counts === 'yes') track.items.set(placed.statement.id, itemsOf(placed.statement, track.matters))
}

const takePosition = (track: FoldedTrack, { matter, facet, body }: PositionOfTrack): void => {
  const { condition, conditionState } = JSON.parse(body) as PositionResource
  const dependsOn = condition === null ? null : positionKey(condition.matter, condition.facet)
  track.positions.set(positionKey(matter, facet), {
    ...digestOf(body),
    dependsOn,
    held: null,
    conditionState,
  })
}

/** @throws (assertion) where the track was not asked for */
export const trackOf = (tracks: ReadonlyMap<string, FoldedTrack>, { actor, dossier }: TrackName): FoldedTrack => {
  const track = tracks.get(trackKey(actor, dossier))
  if (track === undefined) throw new Error(`track of ${actor} in ${dossier} was not asked for`)
  return track
}

type StatementOfTrack = TrackName & { readonly state: string }
type PositionOfTrack = TrackName & { readonly matter: string; readonly facet: string; readonly body: string }
type RevisionColumns = TrackName & Omit<StoredRow, keyof RowDigest> & { readonly id: string }
type ChangeOfTrack = RevisionColumns & Omit<Change, 'matter' | 'facet' | 'statement'>
type ConflictOfTrack = RevisionColumns & Pick<Conflict, 'kind' | 'validFrom' | 'settledBy'>

export const nameColumns = (names: readonly TrackName[]): string[] => [
  textColumn(names.map(({ actor }) => actor)),
  textColumn(names.map(({ dossier }) => dossier)),
]
