import { LedgerError, type Fault } from '#libs/contracts/error-codes.js'
import { FACETS, type Facet, type Role } from '#libs/contracts/vocabulary.js'
import { roleOf } from '#libs/ledger/registry-matters.js'
import { resolveActor, type Registry } from '#libs/ledger/registry.js'
import type { PositionKey } from './position-reader.js'

/** Where a position is, or would be, by what the registry knows. */
export interface KnownPlace {
  readonly actor: string
  readonly dossier: string
  readonly matter: string
  readonly facet: Facet
  readonly role: Role
}

/**
 * Finds the place that a path names. Its `actor` differs from the path's where that is an alias, a name or was merged.
 * @throws LedgerError POSITION_UNKNOWN, telling which part is not known
 */
export const placeOf = (registry: Registry, key: PositionKey): KnownPlace => {
  const actor = resolveActor(registry, key.actor)
  const dossier = registry.matters.get(key.matter)?.dossier
  const facet = FACETS.find((known) => known === key.facet)
  if (actor === undefined || dossier === undefined || facet === undefined)
    throw new LedgerError('POSITION_UNKNOWN', {
      faults: [
        ...(actor === undefined ? [unknown('ACTOR_UNKNOWN', 'actor')] : []),
        ...(dossier === undefined ? [unknown('MATTER_UNKNOWN', 'matter')] : []),
        ...(facet === undefined ? [unknown('VALUE_UNKNOWN', 'facet')] : []),
      ],
    })
  return { actor, dossier, matter: key.matter, facet, role: roleOf(registry, key.matter, actor) }
}

const unknown = (code: Fault['code'], part: keyof PositionKey): Fault => ({
  code,
  pointer: part,
  detail: `the ${part} in the path is not known`,
})
