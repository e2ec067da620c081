import type { TrackItem } from '#libs/ledger/claim.js'
import { compareItems } from '#libs/ledger/claim-order.js'
import { itemsOf } from '#libs/ledger/claims.js'
import type { TrackStatement } from '#libs/ledger/track.js'
import type { DirtyTrack } from './dirty-tracks.js'
import { diffNewMatters } from './diff-positions.js'
import { emptyDiff, foldAppended, foldFromSegment, type TrackDiff } from './diff-track.js'
import { segmentOfDay, sortItems, type FoldedTrack } from './folded-track.js'

/** What folding one track came to. */
export type FoldOutcome =
  | { readonly outcome: 'folded'; readonly folded: FoldedTrack; readonly diff: TrackDiff }
  /** The fold threw: the track keeps what it held, marked. */
  | { readonly outcome: 'parked'; readonly actor: string; readonly dossier: string; readonly error: unknown }

/**
 * Brings a folded track up to date: extended where what is new sorts last, else folded again from the first day that
 * moved. Changes `folded`; where the fold throws, the caller drops it.
 */
export const foldDirty = (folded: FoldedTrack, dirty: DirtyTrack): FoldOutcome => {
  const { actor, dossier } = dirty
  try {
    const diff = foldIn(folded, dirty)
    if (dirty.newMatters.size > 0) diffNewMatters(folded, diff, dirty.newMatters)
    return { outcome: 'folded', folded, diff }
  } catch (error) {
    return { outcome: 'parked', actor, dossier, error }
  }
}

const foldIn = (folded: FoldedTrack, dirty: DirtyTrack): TrackDiff => {
  const removed: TrackItem[] = []
  const added: TrackItem[] = []
  for (const statement of dirty.added.values()) added.push(...enter(folded, statement))
  for (const [id, statement] of dirty.changed) {
    removed.push(...(folded.items.get(id) ?? []))
    folded.items.delete(id)
    if (statement) added.push(...enter(folded, statement))
  }
  if (!folded.folded) return foldFromSegment(folded, 0, [...folded.items.values()].flat())
  // what takes no stance moves nothing
  if (removed.length === 0 && added.length === 0) return emptyDiff()
  sortItems(added)
  const [first] = added
  const { last } = folded.track
  if (removed.length === 0 && first && (last === null || compareItems(last, first) < 0))
    return foldAppended(folded, added)
  return foldFrom(folded, removed, added)
}

/** Folds again from the segment of the first day on which something was taken away or put in. */
const foldFrom = (folded: FoldedTrack, removed: readonly TrackItem[], added: readonly TrackItem[]): TrackDiff => {
  const days = [...removed, ...added].map(({ latest }) => latest)
  const from = segmentOfDay(
    folded,
    days.reduce((a, b) => (a < b ? a : b), days[0] ?? ''),
  )
  const gone = new Set(removed)
  const kept = folded.segments.slice(from).flatMap(({ items }) => items.filter((item) => !gone.has(item)))
  return foldFromSegment(folded, from, [...kept, ...added])
}

const enter = (folded: FoldedTrack, statement: TrackStatement): readonly TrackItem[] => {
  const items = itemsOf(statement, folded.matters)
  folded.items.set(statement.id, items)
  return items
}
