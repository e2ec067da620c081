import type { Facet } from '#libs/contracts/vocabulary.js'
import type { TrackItem } from './claim.js'
import { copyOfPosition, emptyPosition, type DirectPosition, type OpenConflict } from './direct-position.js'
import { levelsOf, type MatterLevels } from './matter-levels.js'
import type { PositionsByMatter } from './position-table.js'
import type { Change, Conflict, TrackMatters } from './track.js'

/**
 * A track as far as it has been folded. Everything that a later claim needs, and nothing of what merely happened:
 * changes and settled conflicts are handed out once, in the delta of the extension that made them.
 */
export interface Track {
  readonly matters: TrackMatters
  readonly positions: DirectPositions
  /** The item that sorts last of all that were folded. */
  readonly last: TrackItem | null
  readonly conflictCount: number
  /** What the last extension made; empty for a track that was just opened. */
  readonly delta: TrackDelta
}

export type DirectPositions = Readonly<Record<Facet, PositionsByMatter>>

export interface TrackDelta {
  readonly changes: readonly Change[]
  /** Conflicts that were opened or settled, as they are now, in the order in which they were opened. */
  readonly conflicts: readonly Conflict[]
  /** The direct positions that moved. Entailed positions and exceptions at other levels may follow. */
  readonly touched: readonly { readonly matter: string; readonly facet: Facet }[]
}

/** A track while items are folded into it. It is changed in place and never leaves the fold. */
export interface Draft {
  readonly matters: TrackMatters
  readonly levels: MatterLevels
  /** Those of the track that it extends, facet by facet, until one of them changes. */
  readonly positions: Record<Facet, PositionsByMatter>
  /** Facets whose positions are the draft's own. */
  readonly own: Partial<Record<Facet, OwnPositions>>
  /** Told of each position before the draft moves it for the first time. */
  readonly moved: Moved
  readonly changes: Change[]
  readonly conflicts: Map<number, Conflict>
  /** Positions that are the draft's own. */
  readonly touched: Set<DirectPosition>
  /** Rows of open conflicts that are the draft's own. */
  readonly ownRows: Set<readonly OpenConflict[]>
  conflictCount: number
  last: TrackItem | null
}

/** Positions that a draft may change. */
export interface OwnPositions extends PositionsByMatter {
  set(matter: string, position: DirectPosition): unknown
}

/** A position as it was; undefined where there was none. */
export interface PositionBefore {
  readonly matter: string
  readonly facet: Facet
  readonly position: DirectPosition | undefined
}
export type Moved = (before: PositionBefore) => void

/** A track with nothing in it. */
export const openTrack = (matters: TrackMatters): Track => ({
  matters,
  positions: NO_POSITIONS,
  last: null,
  conflictCount: 0,
  delta: NOTHING_MADE,
})

const NO_POSITIONS: DirectPositions = { FACT: new Map(), INTENT: new Map(), NORM: new Map() }

/** The track without what its last extension made, for keeping it in a cache. */
export const withoutDelta = <T extends Track>(track: T): T => ({ ...track, delta: NOTHING_MADE })

const NOTHING_MADE: TrackDelta = { changes: [], conflicts: [], touched: [] }

/** The same track among more matters, of which it has said nothing. */
export const withMatters = <T extends Track>(track: T, matters: TrackMatters): T => ({ ...track, matters })

/**
 * A working copy: costs as much as there are matters with a position on the facets that move, whatever the number of
 * statements behind them. Who keeps many states of one track keeps one copy of the facets that did not move between them.
 * @param own  positions of the track that are to be changed in place instead; @param moved  see `Draft`
 */
export const draftOf = (
  track: Track,
  { own = {}, moved = () => undefined }: { readonly own?: Draft['own']; readonly moved?: Moved } = {},
): Draft => ({
  matters: track.matters,
  levels: levelsOf(track.matters),
  positions: { ...track.positions },
  own: { ...own },
  moved,
  changes: [],
  conflicts: new Map(),
  touched: new Set(),
  ownRows: new Set(),
  conflictCount: track.conflictCount,
  last: track.last,
})

/** The draft as a track. The draft must not be used after it. */
export const sealed = (draft: Draft): Track => ({
  matters: draft.matters,
  positions: draft.positions,
  last: draft.last,
  conflictCount: draft.conflictCount,
  delta: { changes: draft.changes, conflicts: conflictsOf(draft), touched: touchedOf(draft) },
})

/** A position as it is, to read. */
export const positionAt = (positions: DirectPositions, matter: string, facet: Facet): Readonly<DirectPosition> =>
  positions[facet].get(matter) ?? emptyPosition(matter, facet)

/** A position of the draft, to change: the first time a copy of the track's. */
export const positionToChange = (draft: Draft, matter: string, facet: Facet): DirectPosition => {
  const known = draft.positions[facet].get(matter)
  if (known !== undefined && draft.touched.has(known)) return known
  const position = known === undefined ? emptyPosition(matter, facet) : copyOfPosition(known)
  draft.moved({ matter, facet, position: known })
  positionsToChange(draft, facet).set(matter, position)
  draft.touched.add(position)
  return position
}

const positionsToChange = (draft: Draft, facet: Facet): OwnPositions => {
  const own = draft.own[facet]
  if (own !== undefined) return own
  const copy = new Map(draft.positions[facet].entries())
  draft.own[facet] = copy
  draft.positions[facet] = copy
  return copy
}

const conflictsOf = (draft: Draft): Conflict[] =>
  [...draft.conflicts].sort(([a], [b]) => a - b).map(([, conflict]) => conflict)

const touchedOf = (draft: Draft): { matter: string; facet: Facet }[] =>
  [...draft.touched].map(({ matter, facet }) => ({ matter, facet }))
