import type { RegistryEvent } from '#libs/contracts/events.js'
import type {
  ActorData,
  DossierData,
  KeyData,
  MatterData,
  OfficeData,
  RecordAddress,
  SourceData,
} from '#libs/contracts/registry-events.js'

/**
 * The registry: who, in which office, about what. The fold of `ledger.registry.v1`, and of nothing else, so that
 * every reader of that topic holds the same one. Mutable on purpose: it is replayed event by event, and thrown away
 * when a transaction that read it is rolled back.
 */
export interface Registry {
  readonly actors: Map<string, ActorState>
  readonly offices: Map<string, OfficeState>
  readonly dossiers: Map<string, DossierState>
  readonly matters: Map<string, MatterState>
  readonly sources: Map<string, SourceState>
  readonly keys: Map<string, KeyState>
  /** Actor merged away -> the actor it was merged into; one step, follow it with `canonicalActor`. */
  readonly mergedInto: Map<string, string>
  /** Folded name or alias -> actor id. The first to claim a name keeps it. */
  readonly names: Map<string, string>
  /** Matters of a dossier, in the order of registration. */
  readonly mattersOfDossier: Map<string, string[]>
  /** Operators' decisions on quarantined records, by `recordKey`; the latest counts. */
  readonly decisions: Map<string, RecordDecision>
  /** Event id -> payload hash of every event seen, for duplicates. */
  readonly seen: Map<string, string>
  /** Events that refer to what has not come yet, in the order of the topic. */
  pending: PendingRegistryEvent[]
}

interface Entity {
  readonly id: string
  readonly recordedAt: string
  readonly revisedAt: string
}
export type ActorState = Entity & ActorData & { readonly aliases: readonly string[] }
export type OfficeState = Entity & OfficeData
export type DossierState = Entity & DossierData
export type MatterState = Entity & MatterData
export type SourceState = Entity & SourceData
export type KeyState = Entity & KeyData & { readonly revokedAt: string | null }

export interface RecordDecision {
  readonly decision: 'released' | 'dismissed'
  readonly address: RecordAddress
  readonly reason: string | null
  readonly decidedBy: string
}

export interface PendingRegistryEvent {
  readonly event: RegistryEvent
  readonly recordedAt: string
  readonly missing: readonly string[]
}

export const emptyRegistry = (): Registry => ({
  actors: new Map(),
  offices: new Map(),
  dossiers: new Map(),
  matters: new Map(),
  sources: new Map(),
  keys: new Map(),
  mergedInto: new Map(),
  names: new Map(),
  mattersOfDossier: new Map(),
  decisions: new Map(),
  seen: new Map(),
  pending: [],
})

export const recordKey = (address: RecordAddress): string => `${address.topic}/${address.partition}/${address.offset}`

/** The actor that an id stands for after all merges. An id that is not registered stands for itself. */
export function canonicalActor(registry: Registry, id: string): string {
  let current = id
  // a merge that would close a circle is refused, so this ends; the bound only guards against a broken invariant
  for (let step = 0; step <= registry.mergedInto.size; step++) {
    const next = registry.mergedInto.get(current)
    if (next === undefined) return current
    current = next
  }
  throw new Error(`merges of actor ${id} run in a circle`)
}

/** The canonical actor for an id, a name or an alias, or undefined. Case, diacritics and punctuation do not matter. */
export function resolveActor(registry: Registry, idOrName: string): string | undefined {
  if (registry.actors.has(idOrName)) return canonicalActor(registry, idOrName)
  const named = registry.names.get(foldName(idOrName))
  return named === undefined ? undefined : canonicalActor(registry, named)
}

/** A name as it is compared: `Hossein Amir-Abdollahian` and `hossein amir abdollahian` are one. */
export const foldName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
