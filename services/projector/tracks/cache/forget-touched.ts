import { dossiersOf } from '#libs/ledger/registry-matters.js'
import type { Touched } from '#libs/ledger/registry-evolve.js'
import type { Registry } from '#libs/ledger/registry.js'
import type { TrackCache } from './track-cache.js'

/**
 * Drops the tracks that another projector may have written since, because events of the registry touched them. A new matter
 * with nothing above it moves no track by itself: whoever extends one has it know the matter. What waited for it, and was set
 * free with it, moved the epoch.
 */
export const forgetTouched = (cache: TrackCache, registry: Registry, touched: Touched | 'everything'): void => {
  if (touched === 'everything' || touched.offices.length > 0 || touched.actors.length > 0) {
    cache.clear()
    return
  }
  const entailing = touched.newMatters.filter((id) => (registry.matters.get(id)?.broader ?? []).length > 0)
  const dossiers = new Set([...touched.dossiers, ...dossiersOf(registry, entailing)])
  if (dossiers.size > 0) cache.clearWhere(({ dossier }) => dossiers.has(dossier))
}
