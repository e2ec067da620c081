import type { ErrorCode } from '#libs/contracts/error-codes.js'
import type { RegistryEvent } from '#libs/contracts/events.js'
import { missingOfRegistryEvent, refusalOf } from './registry-checks.js'
import { foldName, recordKey, type Registry } from './registry.js'

/**
 * What a registry event touches: whoever keeps tracks refolds those of these offices, dossiers and actors. Of a matter that
 * is new nobody has spoken yet: on the tracks that hold a position on a broader one it may have an entailed position.
 */
export interface Touched {
  readonly offices: readonly string[]
  readonly dossiers: readonly string[]
  readonly actors: readonly string[]
  readonly newMatters: readonly string[]
}

export type RegistryOutcome =
  | {
      readonly outcome: 'applied'
      readonly touched: Touched
      /** What can now be referred to: `actor:irn`, `matter:irn-rus`. */
      readonly arrived: readonly string[]
      /** Earlier events that were pending and took effect now, with their own outcomes. */
      readonly resumed: readonly ResumedEvent[]
    }
  | { readonly outcome: 'duplicate' }
  | { readonly outcome: 'pending'; readonly missing: readonly string[] }
  | { readonly outcome: 'quarantined'; readonly code: ErrorCode; readonly detail: string }

export interface ResumedEvent {
  readonly eventId: string
  readonly outcome: RegistryOutcome
}

/**
 * Applies one event of the registry topic. Mutates `registry`. Never throws on what an event can say.
 * @param recordedAt ISO instant of the record; @param payloadHash tells a repeated event from a reused id
 */
export function evolveRegistry(
  registry: Registry,
  event: RegistryEvent,
  recordedAt: string,
  payloadHash: string,
): RegistryOutcome {
  const seen = registry.seen.get(event.id)
  if (seen !== undefined)
    return seen === payloadHash
      ? { outcome: 'duplicate' }
      : { outcome: 'quarantined', code: 'ID_REUSED', detail: `event id ${event.id} carried another payload before` }
  registry.seen.set(event.id, payloadHash)
  const own = missingOfRegistryEvent(registry, event)
  // each name once: what waits behind others that wait would name all of theirs, twice as many with each
  const missing = [...new Set([...own, ...behindPending(registry, event, own)])]
  if (missing.length > 0) {
    registry.pending.push({ event, recordedAt, missing })
    return { outcome: 'pending', missing }
  }
  return applyNow(registry, event, recordedAt)
}

/**
 * Events of one entity keep their order: one that comes behind a pending one waits for the same. But what registers the
 * entity does not wait behind those that wait for it.
 * @param own  what the event itself lacks
 */
function behindPending(registry: Registry, event: RegistryEvent, own: readonly string[]): string[] {
  if (registry.pending.length === 0) return []
  const kind = entityKind(event)
  const entity = `${kind}:${event.subject}`
  const registers = !own.includes(entity)
  return registry.pending
    .filter((pending) => pending.event.subject === event.subject && entityKind(pending.event) === kind)
    .filter(({ missing }) => !(registers && missing.includes(entity)))
    .flatMap(({ missing }) => missing)
}

function applyNow(registry: Registry, event: RegistryEvent, recordedAt: string): RegistryOutcome {
  const refusal = refusalOf(registry, event)
  if (refusal) return { outcome: 'quarantined', ...refusal }
  const { touched, arrived } = mutate(registry, event, recordedAt)
  const resumed = arrived.flatMap((reference) => resume(registry, reference))
  return {
    outcome: 'applied',
    touched:
      resumed.length === 0
        ? touched
        : unionOf([
            touched,
            ...resumed.flatMap(({ outcome }) => (outcome.outcome === 'applied' ? outcome.touched : [])),
          ]),
    arrived: [
      ...arrived,
      ...resumed.flatMap(({ outcome }) => (outcome.outcome === 'applied' ? [...outcome.arrived] : [])),
    ],
    resumed,
  }
}

/** Applies, in the order of the topic, what waited for a reference that has now come. */
function resume(registry: Registry, reference: string): ResumedEvent[] {
  const resumed: ResumedEvent[] = []
  const waiting = registry.pending.filter((pending) => pending.missing.includes(reference))
  for (const pending of waiting) {
    // an earlier one of this loop may have resumed it already
    if (!registry.pending.includes(pending)) continue
    const missing = missingOfRegistryEvent(registry, pending.event)
    if (missing.length > 0) continue
    registry.pending = registry.pending.filter((other) => other !== pending)
    const outcome = applyNow(registry, pending.event, pending.recordedAt)
    resumed.push({ eventId: pending.event.id, outcome })
    if (outcome.outcome === 'applied') resumed.push(...outcome.resumed)
  }
  return resumed
}

interface Effect {
  touched: Touched
  arrived: string[]
}
const NOTHING_TOUCHED: Touched = { offices: [], dossiers: [], actors: [], newMatters: [] }
const effect = (touched: Partial<Touched>, ...arrived: string[]): Effect => ({
  touched: { ...NOTHING_TOUCHED, ...touched },
  arrived,
})

function mutate(registry: Registry, event: RegistryEvent, recordedAt: string): Effect {
  switch (event.type) {
    case 'ledger.actor.registered.v1':
    case 'ledger.actor.revised.v1':
    case 'ledger.actor.aliased.v1':
    case 'ledger.actors.merged.v1':
    case 'ledger.actors.unmerged.v1':
      return mutateActors(registry, event, recordedAt)
    case 'ledger.dossier.registered.v1':
    case 'ledger.dossier.revised.v1':
    case 'ledger.matter.registered.v1':
    case 'ledger.matter.revised.v1':
      return mutateDossiers(registry, event, recordedAt)
    case 'ledger.record.released.v1':
    case 'ledger.record.dismissed.v1':
      return decideOnRecord(registry, event)
    default:
      return mutateOthers(registry, event, recordedAt)
  }
}

type ActorEvent = Extract<RegistryEvent, { type: `ledger.actor${string}` }>
type DossierEvent = Extract<RegistryEvent, { type: `ledger.dossier.${string}` | `ledger.matter.${string}` }>
type DecisionEvent = Extract<RegistryEvent, { type: `ledger.record.${string}` }>
type DataOf<T extends RegistryEvent['type']> = Extract<RegistryEvent, { type: T }>['data']
type OtherEvent = Exclude<RegistryEvent, ActorEvent | DossierEvent | DecisionEvent>

const created = (id: string, recordedAt: string) => ({ id, recordedAt, revisedAt: recordedAt })

function mutateActors(registry: Registry, event: ActorEvent, recordedAt: string): Effect {
  const { subject: id } = event
  switch (event.type) {
    case 'ledger.actor.registered.v1':
      registry.actors.set(id, { ...created(id, recordedAt), ...event.data, aliases: event.data.aliases ?? [] })
      for (const name of [event.data.name, ...(event.data.aliases ?? [])]) claimName(registry, name, id)
      return effect({}, `actor:${id}`)
    case 'ledger.actor.revised.v1':
      revise(registry.actors, id, event.data, recordedAt)
      for (const name of [event.data.name ?? [], event.data.aliases ?? []].flat()) claimName(registry, name, id)
      return effect({})
    case 'ledger.actor.aliased.v1': {
      const aliases = [...new Set([...(registry.actors.get(id)?.aliases ?? []), event.data.alias])]
      claimName(registry, event.data.alias, id)
      revise(registry.actors, id, { aliases }, recordedAt)
      return effect({})
    }
    case 'ledger.actors.merged.v1':
      for (const away of event.data.mergedAway) registry.mergedInto.set(away, id)
      return effect({ actors: [id, ...event.data.mergedAway] })
    case 'ledger.actors.unmerged.v1':
      for (const separated of event.data.separated) registry.mergedInto.delete(separated)
      return effect({ actors: [id, ...event.data.separated] })
  }
}

function mutateDossiers(registry: Registry, event: DossierEvent, recordedAt: string): Effect {
  const { subject: id } = event
  switch (event.type) {
    case 'ledger.dossier.registered.v1':
      registry.dossiers.set(id, { ...created(id, recordedAt), ...event.data })
      return effect({}, `dossier:${id}`)
    case 'ledger.dossier.revised.v1':
      revise(registry.dossiers, id, event.data, recordedAt)
      return effect({})
    case 'ledger.matter.registered.v1':
      registry.matters.set(id, { ...created(id, recordedAt), ...event.data })
      mattersOf(registry, event.data.dossier).push(id)
      return effect({ newMatters: [id] }, `matter:${id}`)
    case 'ledger.matter.revised.v1':
      revise(registry.matters, id, event.data, recordedAt)
      return effect({ dossiers: movesTracks(event.data) ? [registry.matters.get(id)?.dossier ?? []].flat() : [] })
  }
}

/** What else a matter says of itself, no fold reads. */
const movesTracks = ({ broader, parties }: DataOf<'ledger.matter.revised.v1'>): boolean =>
  broader !== undefined || parties !== undefined

function decideOnRecord(registry: Registry, event: DecisionEvent): Effect {
  const { reason, ...address } = event.data
  const decision = event.type === 'ledger.record.released.v1' ? 'released' : 'dismissed'
  registry.decisions.set(recordKey(address), {
    decision,
    address,
    reason: reason ?? null,
    decidedBy: event.recordedby,
  })
  return effect({})
}

function mutateOthers(registry: Registry, event: OtherEvent, recordedAt: string): Effect {
  const { subject: id } = event
  switch (event.type) {
    case 'ledger.key.issued.v1':
      registry.keys.set(id, { ...created(id, recordedAt), ...event.data, revokedAt: null })
      return effect({}, `key:${id}`)
    case 'ledger.key.revoked.v1':
      revise(registry.keys, id, { revokedAt: recordedAt }, recordedAt)
      return effect({})
    case 'ledger.office.held.v1':
      registry.offices.set(id, { ...created(id, recordedAt), ...event.data })
      return effect({}, `office:${id}`)
    case 'ledger.office.revised.v1':
    case 'ledger.office.ended.v1':
      revise(registry.offices, id, event.data, recordedAt)
      return effect({ offices: [id] })
    case 'ledger.source.registered.v1':
      registry.sources.set(id, { ...created(id, recordedAt), ...event.data })
      return effect({}, `source:${id}`)
    case 'ledger.source.revised.v1':
      revise(registry.sources, id, event.data, recordedAt)
      return effect({})
  }
}

function revise<S extends { id: string }>(
  entities: Map<string, S>,
  id: string,
  fields: object,
  revisedAt: string,
): void {
  const current = entities.get(id)
  if (current) entities.set(id, { ...current, ...fields, revisedAt })
}

function claimName(registry: Registry, name: string, id: string): void {
  const folded = foldName(name)
  if (folded !== '' && !registry.names.has(folded)) registry.names.set(folded, id)
}

function mattersOf(registry: Registry, dossier: string): string[] {
  const existing = registry.mattersOfDossier.get(dossier)
  if (existing) return existing
  const created: string[] = []
  registry.mattersOfDossier.set(dossier, created)
  return created
}

/** Each name once. Of all at once, since thousands of events may come together, each with another matter. */
export const unionOf = (all: readonly Touched[]): Touched => ({
  offices: [...new Set(all.flatMap(({ offices }) => offices))],
  dossiers: [...new Set(all.flatMap(({ dossiers }) => dossiers))],
  actors: [...new Set(all.flatMap(({ actors }) => actors))],
  newMatters: [...new Set(all.flatMap(({ newMatters }) => newMatters))],
})

/** `actor` of `ledger.actor.revised.v1`; both `actors.*` events belong to the entity `actor`. */
const entityKind = (event: RegistryEvent): string => (event.type.split('.')[1] ?? '').replace(/s$/, '')
