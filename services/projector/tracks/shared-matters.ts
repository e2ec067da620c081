import { LRUCache } from 'lru-cache'
import type { Registry } from '#libs/ledger/registry.js'
import { trackMatters } from '#libs/ledger/registry-matters.js'
import type { TrackMatters } from '#libs/ledger/track.js'

/**
 * The matters of a track, one object for all tracks of a dossier whose actors have the same parts in them. Most actors have
 * none, and matters and their levels would else be the larger part of what a short track takes in memory. Found by
 * content, so that the registry may move in between.
 */
export const sharedMatters = (registry: Registry, dossier: string, actor: string): TrackMatters => {
  const matters = trackMatters(registry, dossier, actor)
  const content = contentOf(matters)
  const known = byContent.get(content)
  if (known !== undefined) return known
  byContent.set(content, matters)
  return matters
}

const byContent = new LRUCache<string, TrackMatters>({ max: 2_000 })

const contentOf = (matters: TrackMatters): string => {
  let content = ''
  for (const [id, { broader, role, hasParties }] of matters)
    content += `${id} ${role} ${hasParties} ${broader.join(' ')}\n`
  return content
}
