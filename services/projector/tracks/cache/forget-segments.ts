import { dayOf } from '#libs/ledger/claims.js'
import type { DirtyTrack } from '../dirty-tracks.js'
import type { FoldedTrack, PlacedConflict, Segment } from '../folded-track.js'

/**
 * A long track is extended at its end, and folded again a little before it: what lies far back costs memory and is next
 * to never asked for. So its first segments are forgotten. What still can move without them stays: their conflicts that
 * were open when they ended, and all that the track itself remembers. Whatever else touches them loads the track anew.
 */
export interface Forgotten {
  /** Of the last item. */
  readonly lastDay: string
  readonly statementCount: number
  /** Conflicts that these segments left open: later ones may settle them, and be folded again. */
  readonly openConflicts: Map<string, PlacedConflict>
}

/** Forgets so many of the first segments, but never the last one. */
export const forgetFirst = (folded: FoldedTrack, count: number): void => {
  const forgotten = folded.segments.splice(0, Math.max(0, Math.min(count, folded.segments.length - 1)))
  if (forgotten.length === 0) return
  for (const segment of forgotten) forgetSegment(folded, segment)
  forgetSilent(folded)
}

/** Forgets all segments: the track can still be extended, by what was said on later days. @returns what is left of them */
export const forgetAll = (folded: FoldedTrack): Forgotten => {
  folded.forgotten ??= { lastDay: '', statementCount: 0, openConflicts: new Map() }
  for (const segment of folded.segments.splice(0)) forgetSegment(folded, segment)
  forgetSilent(folded)
  return folded.forgotten
}

const forgetSegment = (folded: FoldedTrack, { items, changes, conflicts }: Segment): void => {
  const openConflicts = folded.forgotten?.openConflicts ?? new Map<string, PlacedConflict>()
  for (const id of changes) folded.changes.delete(id)
  for (const [id, placed] of conflicts) {
    if (placed.conflict.settledBy === null) openConflicts.set(id, placed)
    else {
      openConflicts.delete(id)
      folded.conflicts.delete(id)
    }
  }
  let statementCount = folded.forgotten?.statementCount ?? 0
  for (const { statement } of items) if (folded.items.delete(statement)) statementCount++
  folded.forgotten = { lastDay: items.at(-1)?.latest ?? '', statementCount, openConflicts }
}

/** Statements without stance lie in no segment: those that were entered before all that is kept go as well. */
const forgetSilent = (folded: FoldedTrack): void => {
  let silent = 0
  for (const [id, items] of folded.items) {
    if (items.length > 0) break
    folded.items.delete(id)
    silent++
  }
  if (folded.forgotten)
    folded.forgotten = { ...folded.forgotten, statementCount: folded.forgotten.statementCount + silent }
}

/** Whether a batch reaches back to what was forgotten. */
export const reachesForgotten = ({ forgotten, items }: FoldedTrack, { added, changed }: DirtyTrack): boolean => {
  if (forgotten === null) return false
  for (const [id, statement] of changed) {
    if (!items.has(id)) return true
    if (statement !== null && dayOf(statement) <= forgotten.lastDay) return true
  }
  for (const statement of added.values()) if (dayOf(statement) <= forgotten.lastDay) return true
  return false
}

export const statementCountOf = ({ items, forgotten }: FoldedTrack): number =>
  items.size + (forgotten?.statementCount ?? 0)
