import { setImmediate } from 'node:timers/promises'
import type { Registry } from '#libs/ledger/registry.js'
import { withMatters } from '#libs/ledger/track-state.js'
import type { Client } from '#libs/postgres/database.js'
import type { DirtyTrack } from './dirty-tracks.js'
import { foldDirty, type FoldOutcome } from './fold-tracks.js'
import { trackKey, type FoldedTrack } from './folded-track.js'
import { reachesForgotten } from './cache/forget-segments.js'
import { loadTracks, type TracksToLoad } from './load-tracks.js'
import { sharedMatters } from './shared-matters.js'
import type { TrackCache } from './cache/track-cache.js'

/** A track as it was, and what a batch does to it. */
export interface OpenTrack {
  readonly folded: FoldedTrack
  readonly dirty: DirtyTrack
}

/** Takes the dirty tracks that memory holds out of the cache; those that it cannot serve are dropped from it. */
export const takeCached = (cache: TrackCache, tracks: readonly DirtyTrack[], registry: Registry): OpenTrack[] =>
  tracks.flatMap((dirty) => {
    const cached = cache.take(trackKey(dirty.actor, dirty.dossier))
    // the registry moved beneath it: nothing that was placed by the old one may be kept
    if (cached === undefined || dirty.replaced || reachesForgotten(cached, dirty)) return []
    return [{ folded: knowingNewMatters(cached, registry), dirty }]
  })

/** Those of the dirty tracks that are not open. */
export const besides = (open: readonly OpenTrack[], tracks: readonly DirtyTrack[]): DirtyTrack[] => {
  const opened = new Set(open.map(({ dirty }) => dirty))
  return tracks.filter((dirty) => !opened.has(dirty))
}

/** Dirty tracks as the database holds them. */
export const openStored = async (
  client: Client,
  part: TracksToLoad<DirtyTrack>,
  registry: Registry,
): Promise<OpenTrack[]> => {
  const loaded = await loadTracks(client, part, registry)
  const byKey = new Map(loaded.map((folded) => [trackKey(folded.actor, folded.dossier), folded]))
  return part.names.map((dirty) => {
    const folded = byKey.get(trackKey(dirty.actor, dirty.dossier))
    if (folded === undefined) throw new Error(`the track of ${dirty.actor} in ${dirty.dossier} was not loaded`)
    return { folded, dirty }
  })
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
