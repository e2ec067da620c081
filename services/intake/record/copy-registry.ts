import type { Registry } from '#libs/ledger/registry.js'

/** A registry of its own with the same contents: what a batch would make of it can be tried on it. About 1 ms for 10,000 entities. */
export const copyRegistry = (registry: Registry): Registry => ({
  actors: new Map(registry.actors),
  offices: new Map(registry.offices),
  dossiers: new Map(registry.dossiers),
  matters: new Map(registry.matters),
  sources: new Map(registry.sources),
  keys: new Map(registry.keys),
  mergedInto: new Map(registry.mergedInto),
  names: new Map(registry.names),
  mattersOfDossier: new Map([...registry.mattersOfDossier].map(([dossier, matters]) => [dossier, [...matters]])),
  decisions: new Map(registry.decisions),
  seen: new Map(registry.seen),
  pending: [...registry.pending],
})
