import { compareItems } from './claim-order.js'
import type { TrackItem } from './claim.js'
import { itemsOf, retractionOf } from './claims.js'
import { foldItem } from './fold-item.js'
import { draftOf, sealed, type Track } from './track-state.js'
import type { TrackStatement } from './track.js'

/**
 * Folds one more statement into a track (docs/design.md 6: a claim that sorts last extends a cached track). The track
 * that is given stays as it is; the one returned carries in its `delta` what the statement made. What it costs grows
 * with what stands and what is open on the matters it touches, not with the number of statements folded before.
 * @returns 'refold' if any of the statement's claims sorts before what was folded already: the caller then folds whole
 */
export const extendTrack = (track: Track, statement: TrackStatement): Track | 'refold' =>
  extendTrackByAll(track, [statement])

/** The same for several statements at once, in any order: one delta for all. */
export const extendTrackByAll = (track: Track, statements: readonly TrackStatement[]): Track | 'refold' =>
  extendTrackByItems(track, statements.flatMap((statement) => itemsOf(statement, track.matters)).sort(compareItems))

/**
 * Folds the retraction of a statement that is in the track already, however long ago, without its `retracted`.
 * @param statement  as it was folded, with `retracted` set
 * @returns 'refold' if it was taken back before something that was folded already was said
 */
export const retractFromTrack = (track: Track, statement: TrackStatement): Track | 'refold' => {
  const retraction = retractionOf(statement)
  return extendTrackByItems(track, retraction ? [retraction] : [])
}

/** Whether sorted items come after all that was folded. */
export const sortLast = ({ last }: Track, [first]: readonly TrackItem[]): boolean =>
  first === undefined || last === null || compareItems(last, first) < 0

/** The same for claims and retractions that a caller has sorted already (`itemsOf`, `compareItems`). */
export const extendTrackByItems = (track: Track, items: readonly TrackItem[]): Track | 'refold' => {
  if (!sortLast(track, items)) return 'refold'
  const draft = draftOf(track)
  for (const item of items) foldItem(draft, item)
  return sealed(draft)
}
