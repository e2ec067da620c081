import { extendTrackByAll } from '#libs/ledger/extend-track.js'
import type { Registry } from '#libs/ledger/registry.js'
import { trackMatters } from '#libs/ledger/registry-matters.js'
import { openTrack, type Track } from '#libs/ledger/track-state.js'
import type { DirtyTrack } from './dirty-tracks.js'
import { diffExtended, diffRefolded, type TrackDiff } from './diff-track.js'
import type { FoldedTrack } from './folded-track.js'

/** What folding one track came to. */
export type FoldOutcome =
  | { readonly outcome: 'folded'; readonly folded: FoldedTrack; readonly diff: TrackDiff }
  /** The fold threw: the track keeps what it held, marked. */
  | { readonly outcome: 'parked'; readonly actor: string; readonly dossier: string; readonly error: unknown }

/**
 * Brings a folded track up to date: extended where what is new sorts last, else folded whole. Changes `folded`; where
 * the fold throws, the caller drops it.
 */
export const foldDirty = (folded: FoldedTrack, dirty: DirtyTrack, registry: Registry): FoldOutcome => {
  const { actor, dossier } = dirty
  try {
    const whole = takeIn(folded, dirty, registry)
    const extended = whole ? 'refold' : extendTrackByAll(folded.track, dirty.added)
    const diff = extended === 'refold' ? diffRefolded(folded, foldWhole(folded)) : diffExtended(folded, extended)
    folded.folded = true
    return { outcome: 'folded', folded, diff }
  } catch (error) {
    return { outcome: 'parked', actor, dossier, error }
  }
}

/** Takes statements in and out. @returns whether the track has to be folded whole */
const takeIn = (folded: FoldedTrack, dirty: DirtyTrack, registry: Registry): boolean => {
  for (const statement of dirty.added) folded.statements.set(statement.id, statement)
  for (const [id, statement] of dirty.changed) {
    if (statement === null) folded.statements.delete(id)
    else folded.statements.set(id, statement)
  }
  if (dirty.replaced) folded.matters = trackMatters(registry, dirty.dossier, dirty.actor)
  return !folded.folded || dirty.replaced || dirty.changed.size > 0
}

const foldWhole = (folded: FoldedTrack): Track => {
  const track = extendTrackByAll(openTrack(folded.matters), [...folded.statements.values()])
  if (track === 'refold') throw new Error('an empty track can be extended by any statements')
  return track
}
