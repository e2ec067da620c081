import { compareItems } from './claim-order.js'
import { itemsOf } from './claims.js'
import { foldItem } from './fold-item.js'
import { positionsOf } from './positions.js'
import { draftOf, openTrack, sealed, type Track } from './track-state.js'
import type { TrackFold, TrackMatters, TrackStatement } from './track.js'

/**
 * Folds one actor's statements in one dossier to its positions, and to the changes and conflicts on the way there
 * (docs/design.md 6). Pure and total; the result depends on the set of statements, not on their order.
 * @param statements  without voided, suppressed and merged-away ones; each id once
 */
export const foldTrack = (statements: readonly TrackStatement[], matters: TrackMatters): TrackFold => {
  const track = foldToTrack(statements, matters)
  return { changes: [...track.delta.changes], conflicts: [...track.delta.conflicts], positions: positionsOf(track) }
}

/** The same as a track that later statements can extend (`extendTrack`). All changes and conflicts are in its `delta`. */
export const foldToTrack = (statements: readonly TrackStatement[], matters: TrackMatters): Track => {
  const draft = draftOf(openTrack(matters))
  const items = statements.flatMap((statement) => itemsOf(statement, matters)).sort(compareItems)
  for (const item of items) foldItem(draft, item)
  return sealed(draft)
}
