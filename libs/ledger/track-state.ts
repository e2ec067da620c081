import { FACETS, type Facet } from '#libs/contracts/vocabulary.js'
import type { Claim, TrackItem } from './claims.js'
import { emptyPosition, type DirectPosition } from './direct-position.js'
import { levelsOf, type MatterLevels } from './matter-levels.js'
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

export type DirectPositions = Readonly<Record<Facet, ReadonlyMap<string, DirectPosition>>>

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
  readonly positions: Record<Facet, Map<string, DirectPosition>>
  readonly changes: Change[]
  readonly conflicts: Map<number, Conflict>
  readonly touched: Record<Facet, Set<string>>
  conflictCount: number
  last: TrackItem | null
}

/** A track with nothing in it. */
export const openTrack = (matters: TrackMatters): Track => ({
  matters,
  positions: { FACT: new Map(), INTENT: new Map(), NORM: new Map() },
  last: null,
  conflictCount: 0,
  delta: { changes: [], conflicts: [], touched: [] },
})

/** A working copy: costs as much as there are matters with a position, whatever the number of statements behind them. */
export const draftOf = (track: Track): Draft => ({
  matters: track.matters,
  levels: levelsOf(track.matters),
  positions: {
    FACT: new Map(track.positions.FACT),
    INTENT: new Map(track.positions.INTENT),
    NORM: new Map(track.positions.NORM),
  },
  changes: [],
  conflicts: new Map(),
  touched: { FACT: new Set(), INTENT: new Set(), NORM: new Set() },
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

export const positionAt = (positions: DirectPositions, matter: string, facet: Facet): DirectPosition =>
  positions[facet].get(matter) ?? emptyPosition(matter, facet)

export const replacePosition = (draft: Draft, position: DirectPosition): void => {
  draft.positions[position.facet].set(position.matter, position)
  draft.touched[position.facet].add(position.matter)
}

/** The claims that stand on a matter, in the order in which they came to stand. */
export const standingOn = (positions: DirectPositions, matter: string, facet: Facet): readonly Claim[] =>
  positions[facet].get(matter)?.standing ?? NONE

const NONE: readonly Claim[] = []

const conflictsOf = (draft: Draft): Conflict[] =>
  [...draft.conflicts].sort(([a], [b]) => a - b).map(([, conflict]) => conflict)

const touchedOf = (draft: Draft): { matter: string; facet: Facet }[] =>
  FACETS.flatMap((facet) => [...draft.touched[facet]].map((matter) => ({ matter, facet })))
