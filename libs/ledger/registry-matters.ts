import type { Role } from '#libs/contracts/vocabulary.js'
import { canonicalActor, type Registry } from './registry.js'
import type { TrackMatters } from './track.js'

/** An actor's role in a matter; THIRD where it is no party, and where the matter is unknown. Parties count by their canonical actors. */
export function roleOf(registry: Registry, matter: string, actor: string): Role {
  const parties = registry.matters.get(matter)?.parties ?? []
  return parties.find((party) => canonicalActor(registry, party.actor) === actor)?.role ?? 'THIRD'
}

/** The matters of a dossier as they concern one actor: what `foldTrack` reads of the registry. */
export function trackMatters(registry: Registry, dossier: string, actor: string): TrackMatters {
  const ids = registry.mattersOfDossier.get(dossier) ?? []
  return new Map(
    ids.map((id) => {
      const matter = registry.matters.get(id)
      return [
        id,
        {
          broader: matter?.broader ?? [],
          role: roleOf(registry, id, actor),
          hasParties: (matter?.parties?.length ?? 0) > 0,
        },
      ]
    }),
  )
}

/** Ids of these matters and of all that contain one of them, at whatever level. */
export function withAllBroader(registry: Registry, ids: readonly string[]): Set<string> {
  const reached = new Set(ids)
  // a set may grow while it is gone through, and no matter is gone through twice
  for (const id of reached) for (const broader of registry.matters.get(id)?.broader ?? []) reached.add(broader)
  return reached
}

/** Ids of the dossiers that these matters are of, each once. */
export const dossiersOf = (registry: Registry, matters: readonly string[]): string[] => [
  ...new Set(matters.flatMap((id) => registry.matters.get(id)?.dossier ?? [])),
]

/** Ids of the matters that have this one among their broader ones, in the order of registration. */
export function narrowerOf(registry: Registry, id: string): string[] {
  const dossier = registry.matters.get(id)?.dossier
  if (dossier === undefined) return []
  return (registry.mattersOfDossier.get(dossier) ?? []).filter((other) =>
    registry.matters.get(other)?.broader?.includes(id),
  )
}
