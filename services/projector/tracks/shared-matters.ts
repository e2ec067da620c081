import { isDeepStrictEqual } from 'node:util'
import { canonicalActor, type MatterState, type Registry } from '#libs/ledger/registry.js'
import { trackMatters } from '#libs/ledger/registry-matters.js'
import type { TrackMatters } from '#libs/ledger/track.js'

/**
 * The matters of a track, one object for all tracks of a dossier whose actors have the same parts in them. Most actors have
 * none, and matters and their levels would else be the larger part of what a short track takes in memory, and finding them
 * the larger part of the work where a dossier has thousands.
 */
export const sharedMatters = (registry: Registry, dossier: string, actor: string): TrackMatters => {
  const shared = mattersOf(registry, dossier)
  const parts = shared.partsByActor.get(actor) ?? ''
  const known = shared.byParts.get(parts)
  if (known !== undefined) return known
  const matters = trackMatters(registry, dossier, actor)
  shared.byParts.set(parts, matters)
  return matters
}

interface SharedMatters {
  /** How many events the registry had seen: with another one, any of this may be different. */
  seen: number
  readonly states: readonly (MatterState | undefined)[]
  /** Which parts each party has in which matters, as text. */
  readonly partsByActor: ReadonlyMap<string, string>
  readonly byParts: Map<string, TrackMatters>
}

const mattersOf = (registry: Registry, dossier: string): SharedMatters => {
  const byDossier = sharedOf.get(registry) ?? new Map<string, SharedMatters>()
  sharedOf.set(registry, byDossier)
  const known = byDossier.get(dossier)
  const seen = registry.seen.size
  if (known?.seen === seen) return known
  const states = (registry.mattersOfDossier.get(dossier) ?? []).map((id) => registry.matters.get(id))
  const shared = {
    seen,
    states,
    partsByActor: partsByActor(registry, states),
    byParts: new Map<string, TrackMatters>(),
  }
  if (known !== undefined && isSame(known, shared)) {
    known.seen = seen
    return known
  }
  byDossier.set(dossier, shared)
  return shared
}

/** States are replaced, never changed; whose part it is follows from merges of actors, too. */
const isSame = (a: SharedMatters, b: SharedMatters): boolean =>
  a.states.length === b.states.length &&
  a.states.every((state, index) => state === b.states[index]) &&
  isDeepStrictEqual(a.partsByActor, b.partsByActor)

const sharedOf = new WeakMap<Registry, Map<string, SharedMatters>>()

const partsByActor = (registry: Registry, states: readonly (MatterState | undefined)[]): Map<string, string> => {
  const parts = new Map<string, string>()
  for (const state of states)
    for (const party of state?.parties ?? []) {
      const actor = canonicalActor(registry, party.actor)
      parts.set(actor, `${parts.get(actor) ?? ''}${state?.id} ${party.role}\n`)
    }
  return parts
}
