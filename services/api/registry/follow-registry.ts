import { decodeEvent } from '#libs/contracts/cloud-event.js'
import { isRegistryEvent } from '#libs/contracts/events.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { emptyRegistry, type Registry } from '#libs/ledger/registry.js'
import { LRUCache } from 'lru-cache'
import type { LedgerReads, Snapshot } from '../reads/snapshot.js'
import { REGISTRY_RECORDS } from './follow-registry.sql.js'

/**
 * The registry as the api reads it: folded from the journal with the same reducer as everywhere, to exactly the record
 * that a snapshot has read. A registry that was handed out is never changed.
 */
export interface RegistryFollower {
  /** The registry that belongs to a snapshot. */
  at(snapshot: Snapshot): Promise<Registry>
  /** The registry as it was known at an instant, by the journal (docs/design.md 4). */
  knownAt(snapshot: Snapshot, instant: string): Promise<Registry>
  /** The newest that was folded: for API keys, which need no snapshot. Undefined until one was. */
  latest(): Registry | undefined
  /** Folds what has come since. */
  refresh(reads: LedgerReads): Promise<void>
}

/** A registry, and the first offset of its topic that is not in it. */
interface RegistryImage {
  readonly nextOffset: number
  readonly registry: Registry
  /** When each record that is in it was recorded, in that order. */
  readonly instants: readonly RecordInstant[]
}

interface RecordInstant {
  readonly offset: number
  readonly recordedAt: string
}

export const openRegistryFollower = (): RegistryFollower => {
  let newest: RegistryImage = NOTHING
  let isKnown = false
  const older = new LRUCache<number, RegistryImage>({ max: OLDER_IMAGES_MAX })
  const imageAt = async (snapshot: Snapshot, nextOffset: number): Promise<RegistryImage> => {
    const known = newest.nextOffset === nextOffset ? newest : older.get(nextOffset)
    if (known) return known
    const base = nearestBelow([newest, ...older.values()], nextOffset)
    const image = await foldOn(snapshot, base, nextOffset)
    if (nextOffset > newest.nextOffset) newest = image
    else older.set(nextOffset, image)
    return image
  }
  const at = async (snapshot: Snapshot): Promise<Registry> => {
    const { registry } = await imageAt(snapshot, snapshot.generation.registryOffset)
    isKnown = true
    return registry
  }
  return {
    at,
    knownAt: async (snapshot, instant) => {
      await at(snapshot)
      const nextOffset = Math.min(offsetAfter(newest.instants, instant), snapshot.generation.registryOffset)
      return (await imageAt(snapshot, nextOffset)).registry
    },
    latest: () => (isKnown ? newest.registry : undefined),
    refresh: async (reads) => {
      await reads.snapshot(at)
    },
  }
}

/** Before the first record. Never changed: an image is copied before it is folded on. */
const NOTHING: RegistryImage = { nextOffset: 0, registry: emptyRegistry(), instants: [] }

/** Registries of the past that are kept folded: each holds a few thousand entities at most. */
const OLDER_IMAGES_MAX = 16
const RECORDS_MAX = 1_000

const nearestBelow = (images: readonly RegistryImage[], nextOffset: number): RegistryImage =>
  images
    .filter((image) => image.nextOffset <= nextOffset)
    .reduce((best, image) => (image.nextOffset > best.nextOffset ? image : best), NOTHING)

/** The first offset that was recorded after an instant. Instants never go back; nearly all asked for are recent. */
const offsetAfter = (instants: readonly RecordInstant[], instant: string): number => {
  const last = instants.findLast(({ recordedAt }) => recordedAt <= instant)
  return last === undefined ? 0 : last.offset + 1
}

interface RegistryRecord {
  record_offset: number
  recorded_at: string
  record_value: string
}

const foldOn = async (snapshot: Snapshot, base: RegistryImage, nextOffset: number): Promise<RegistryImage> => {
  const registry = copyOf(base.registry)
  const instants = [...base.instants]
  let from = base.nextOffset
  for (;;) {
    const records = await snapshot.rows<RegistryRecord>(REGISTRY_RECORDS, [from, nextOffset, RECORDS_MAX])
    for (const record of records) {
      applyRecord(registry, record)
      instants.push({ offset: record.record_offset, recordedAt: record.recorded_at })
    }
    const last = records.at(-1)
    if (!last || records.length < RECORDS_MAX) return { nextOffset, registry, instants }
    from = last.record_offset + 1
  }
}

/** What cannot be decoded has its outcome from the projector, and no effect here either. */
const applyRecord = (registry: Registry, record: RegistryRecord): void => {
  const decoded = decodeEvent(record.record_value)
  if (!decoded.ok || !isRegistryEvent(decoded.event)) return
  evolveRegistry(registry, decoded.event, record.recorded_at, decoded.payloadHash)
}

const copyOf = (registry: Registry): Registry => ({
  actors: new Map(registry.actors),
  offices: new Map(registry.offices),
  dossiers: new Map(registry.dossiers),
  matters: new Map(registry.matters),
  sources: new Map(registry.sources),
  keys: new Map(registry.keys),
  mergedInto: new Map(registry.mergedInto),
  names: new Map(registry.names),
  mattersOfDossier: new Map([...registry.mattersOfDossier].map(([id, matters]) => [id, [...matters]])),
  decisions: new Map(registry.decisions),
  seen: new Map(registry.seen),
  pending: [...registry.pending],
})
