import { setImmediate } from 'node:timers/promises'
import type { Registry } from '#libs/ledger/registry.js'
import { withMatters } from '#libs/ledger/track-state.js'
import type { Client } from '#libs/postgres/database.js'
import type { DirtyTrack } from './dirty-tracks.js'
import { foldDirty, type FoldOutcome } from './fold-tracks.js'
import { trackKey, type FoldedTrack } from './folded-track.js'
import { reachesForgotten } from './cache/forget-segments.js'
import { loadTracks, trackOf, type TracksToLoad } from './load-tracks.js'
import { sharedMatters } from './shared-matters.js'
import type { TrackCache } from './cache/track-cache.js'

/** A track as it was, and what a batch does to it. */
export interface OpenTrack {
  readonly folded: FoldedTrack
  readonly dirty: DirtyTrack
}

/** Takes the dirty tracks that memory holds out of the cache; those that it cannot serve are dropped from it, and left. */
export const takeCached = (
  cache: TrackCache,
  tracks: readonly DirtyTrack[],
  registry: Registry,
): { readonly cached: OpenTrack[]; readonly left: DirtyTrack[] } => {
  const cached: OpenTrack[] = []
  const left: DirtyTrack[] = []
  for (const dirty of tracks) {
    const track = cache.take(trackKey(dirty.actor, dirty.dossier))
    // the registry moved beneath it: nothing that was placed by the old one may be kept
    if (track === undefined || dirty.replaced || reachesForgotten(track, dirty)) left.push(dirty)
    else cached.push({ folded: knowingNewMatters(track, registry), dirty })
  }
  return { cached, left }
}

/** Dirty tracks as the database holds them. */
export const openStored = async (
  client: Client,
  part: TracksToLoad<DirtyTrack>,
  registry: Registry,
): Promise<OpenTrack[]> => {
  const loaded = await loadTracks(client, part, registry)
  return part.names.map((dirty) => ({ folded: trackOf(loaded, dirty), dirty }))
}

/** Folds open tracks, which are in the cache from then on. */
export const foldOpen = async (tracks: readonly OpenTrack[], cache: TrackCache): Promise<FoldOutcome[]> => {
  const folds: FoldOutcome[] = []
  for (const [index, { folded, dirty }] of tracks.entries()) {
    const fold = foldDirty(folded, dirty)
    if (fold.outcome === 'folded') cache.set(fold.folded, dirty.added.size + dirty.changed.size)
    folds.push(fold)
    if (index % TRACKS_BETWEEN_PAUSES === 0) await setImmediate()
  }
  return folds
}

/** As when applying: the socket to Postgres and the heartbeats to Kafka get their turn. */
const TRACKS_BETWEEN_PAUSES = 50

/**
 * Matters may have come since the track was folded. None of its statements is about them (those waited for the matter), so
 * the fold is the same and only has to know them. What they may be entailed is for whoever applied the event.
 */
const knowingNewMatters = (folded: FoldedTrack, registry: Registry): FoldedTrack => {
  const { actor, dossier } = folded
  const count = registry.mattersOfDossier.get(dossier)?.length ?? 0
  if (folded.matters.size === count) return folded
  const matters = sharedMatters(registry, dossier, actor)
  return { ...folded, matters, track: withMatters(folded.track, matters) }
}
