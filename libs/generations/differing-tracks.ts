import { partsOf } from '#libs/postgres/statement-parts.js'
import type { Difference, GenerationView, HeldPosition } from './difference.js'
import { CHANGES_OF_TRACKS, CONFLICTS_OF_TRACKS, LIST_TRACKS, POSITIONS_OF_TRACKS } from './contents.sql.js'

/** How many tracks two generations have alike; of the others, what differs. */
export const differingTracks = async (
  a: GenerationView,
  b: GenerationView,
  onDifference: (difference: Difference) => void,
): Promise<{ equal: number; differing: number }> => {
  const [tracksOfA, tracksOfB] = [await listTracks(a), await listTracks(b)]
  const keys = [...new Set([...tracksOfA.keys(), ...tracksOfB.keys()])]
  const differing = keys.filter((key) => contentOf(tracksOfA.get(key)) !== contentOf(tracksOfB.get(key))).sort()
  for (const part of partsOf(differing, TRACKS_AT_ONCE)) {
    const piece = part.map((key) => {
      const track = tracksOfA.get(key) ?? tracksOfB.get(key)
      return { actor: track?.actor ?? '', dossier: track?.dossier ?? '' }
    })
    const found = await compareTracks(a, b, piece)
    for (const name of piece) {
      const key = keyOf(name)
      const [trackA, trackB] = [tracksOfA.get(key), tracksOfB.get(key)]
      for (const difference of found.get(key) ?? []) onDifference(difference)
      if (stateOf(trackA) !== stateOf(trackB))
        onDifference({ kind: 'track', ...name, a: stateOf(trackA), b: stateOf(trackB) })
    }
  }
  return { equal: keys.length - differing.length, differing: differing.length }
}

const TRACKS_AT_ONCE = 200

interface TrackName {
  readonly actor: string
  readonly dossier: string
}

interface TrackDigest extends TrackName {
  readonly statements: number
  readonly digest: string
  readonly staleCode: string | null
}

const keyOf = ({ actor, dossier }: TrackName): string => `${dossier} ${actor}`

const listTracks = async ({ client, schemaName }: GenerationView): Promise<Map<string, TrackDigest>> => {
  const { rows } = await client.query<TrackDigest>(LIST_TRACKS(schemaName))
  return new Map(rows.map((row) => [keyOf(row), row]))
}

const contentOf = (track: TrackDigest | undefined): string => `${track?.digest ?? 'none'} ${stateOf(track)}`

const stateOf = (track: TrackDigest | undefined): string =>
  track === undefined ? 'none' : (track.staleCode ?? `${track.statements} statements`)

const compareTracks = async (
  a: GenerationView,
  b: GenerationView,
  names: readonly TrackName[],
): Promise<Map<string, Difference[]>> => {
  const found = new Map<string, Difference[]>()
  const add = (name: TrackName, difference: Difference): void => {
    const key = keyOf(name)
    found.set(key, [...(found.get(key) ?? []), difference])
  }
  for (const difference of await positionDifferences(a, b, names)) add(difference, difference)
  for (const [kind, query] of [
    ['change', CHANGES_OF_TRACKS],
    ['conflict', CONFLICTS_OF_TRACKS],
  ] as const)
    for (const difference of await rowDifferences(kind, query, a, b, names)) add(difference, difference)
  return found
}

type PositionRow = TrackName & HeldPosition & { readonly matter: string; readonly facet: string }
type PositionDifference = Extract<Difference, { kind: 'position' }>

const positionDifferences = async (
  a: GenerationView,
  b: GenerationView,
  names: readonly TrackName[],
): Promise<PositionDifference[]> => {
  const read = async (view: GenerationView) => {
    const rows = await rowsOf<PositionRow>(view, POSITIONS_OF_TRACKS, names)
    return new Map(rows.map((row) => [`${keyOf(row)} ${row.matter} ${row.facet}`, row]))
  }
  const [heldInA, heldInB] = [await read(a), await read(b)]
  return unionOfKeys(heldInA, heldInB).flatMap((key) => {
    const [inA, inB] = [heldInA.get(key), heldInB.get(key)]
    const row = inA ?? inB
    if (row === undefined || inA?.digest === inB?.digest) return []
    const { actor, dossier, matter, facet } = row
    return [{ kind: 'position' as const, actor, dossier, matter, facet, a: heldOf(inA), b: heldOf(inB) }]
  })
}

const heldOf = (row: PositionRow | undefined): HeldPosition | null =>
  row === undefined ? null : { value: row.value, statement: row.statement, digest: row.digest }

type ContentRow = TrackName & { readonly name: string; readonly content: string }
type RowDifference = Extract<Difference, { kind: 'change' | 'conflict' }>

const rowDifferences = async (
  kind: RowDifference['kind'],
  query: (schema: string) => string,
  a: GenerationView,
  b: GenerationView,
  names: readonly TrackName[],
): Promise<RowDifference[]> => {
  const read = async (view: GenerationView) =>
    new Map((await rowsOf<ContentRow>(view, query, names)).map((row) => [row.name, row]))
  const [rowsOfA, rowsOfB] = [await read(a), await read(b)]
  return unionOfKeys(rowsOfA, rowsOfB).flatMap((name) => {
    const [inA, inB] = [rowsOfA.get(name), rowsOfB.get(name)]
    const row = inA ?? inB
    if (row === undefined || inA?.content === inB?.content) return []
    const { actor, dossier } = row
    return [{ kind, actor, dossier, name, a: inA?.content ?? null, b: inB?.content ?? null }]
  })
}

const rowsOf = async <Row extends object>(
  { client, schemaName }: GenerationView,
  query: (schema: string) => string,
  names: readonly TrackName[],
): Promise<Row[]> => {
  const columns = [names.map(({ actor }) => actor), names.map(({ dossier }) => dossier)]
  return (await client.query<Row>(query(schemaName), columns)).rows
}

const unionOfKeys = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].sort()
