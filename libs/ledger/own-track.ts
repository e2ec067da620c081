import { FACETS, type Facet } from '#libs/contracts/vocabulary.js'
import type { TrackItem } from './claim.js'
import { sortLast } from './extend-track.js'
import { foldItem } from './fold-item.js'
import type { TextShelf } from './freezable-map.js'
import { PositionTable } from './position-table.js'
import { draftOf, openTrack, sealed, type PositionBefore, type Track } from './track-state.js'
import type { TrackMatters } from './track.js'

/**
 * A track whose positions are changed in place: whoever keeps thousands of them extends it without copying, and goes back
 * by what it is told of how they were. It shares its positions with the tracks that it is extended to: only the last counts.
 */
export interface OwnTrack extends Track {
  readonly positions: Readonly<Record<Facet, PositionTable>>
}

/** @param shelf  makes what frozen positions are kept in; by default it is a map */
export const openOwnTrack = (matters: TrackMatters, shelf?: () => TextShelf): OwnTrack => ({
  ...openTrack(matters),
  positions: {
    FACT: new PositionTable(shelf?.()),
    INTENT: new PositionTable(shelf?.()),
    NORM: new PositionTable(shelf?.()),
  },
})

/** What an extension replaced: enough to take it back. */
export interface TrackBefore {
  readonly last: TrackItem | null
  readonly conflictCount: number
  /** In the order in which they moved. */
  readonly positions: readonly PositionBefore[]
}

/**
 * Folds sorted items into a track, as `extendTrackByItems` does, but in place. Where the fold throws, the track is lost.
 * @returns 'refold' where they do not sort last; the track is as it was then
 */
export const foldIntoTrack = (
  track: OwnTrack,
  items: readonly TrackItem[],
): { readonly track: OwnTrack; readonly before: TrackBefore } | 'refold' => {
  if (!sortLast(track, items)) return 'refold'
  const positions: PositionBefore[] = []
  const draft = draftOf(track, { own: track.positions, moved: (before) => positions.push(before) })
  for (const item of items) foldItem(draft, item)
  const { last, conflictCount } = track
  return {
    track: { ...sealed(draft), positions: track.positions },
    before: { last, conflictCount, positions },
  }
}

/** Takes an extension back, the last one first. @returns the track as it was, without delta */
export const putBack = (track: OwnTrack, { last, conflictCount, positions }: TrackBefore): OwnTrack => {
  for (let index = positions.length - 1; index >= 0; index--) {
    const { matter, facet, position } = positions[index] as PositionBefore
    if (position === undefined) track.positions[facet].delete(matter)
    else track.positions[facet].set(matter, position)
  }
  return { ...openTrack(track.matters), positions: track.positions, last, conflictCount }
}

/** How many positions are held as objects, and how many as text. */
export const positionCounts = ({ positions }: OwnTrack): { readonly warm: number; readonly frozen: number } => ({
  warm: FACETS.reduce((sum, facet) => sum + positions[facet].warmCount, 0),
  frozen: FACETS.reduce((sum, facet) => sum + positions[facet].frozenCount, 0),
})
