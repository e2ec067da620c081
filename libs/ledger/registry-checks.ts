import type { ErrorCode } from '#libs/contracts/error-codes.js'
import type { RegistryEvent } from '#libs/contracts/events.js'
import { withAllBroader } from './registry-matters.js'
import { canonicalActor, foldName, type Registry } from './registry.js'

/**
 * What a registry event refers to that has not come yet, as references (`actor:irn`). Registration is never undone, so
 * what is once known stays known, and an event that waits for a reference is applied when it comes.
 */
export function missingOfRegistryEvent(registry: Registry, event: RegistryEvent): string[] {
  return [...new Set(referencesOf(event))].filter((reference) => !isKnown(registry, reference))
}

/** Whether `kind:id` is registered. Kinds that live on other topics count as known here. */
export function isKnown(registry: Registry, reference: string): boolean {
  const colon = reference.indexOf(':')
  const id = reference.slice(colon + 1)
  switch (reference.slice(0, colon)) {
    case 'actor':
      return registry.actors.has(id)
    case 'office':
      return registry.offices.has(id)
    case 'dossier':
      return registry.dossiers.has(id)
    case 'matter':
      return registry.matters.has(id)
    case 'source':
      return registry.sources.has(id)
    case 'key':
      return registry.keys.has(id)
    default:
      return true
  }
}

function referencesOf(event: RegistryEvent): string[] {
  const { subject } = event
  switch (event.type) {
    case 'ledger.key.revoked.v1':
      return [`key:${subject}`]
    case 'ledger.actor.revised.v1':
    case 'ledger.actor.aliased.v1':
      return [`actor:${subject}`]
    case 'ledger.actors.merged.v1':
      return [subject, ...event.data.mergedAway].map(actor)
    case 'ledger.actors.unmerged.v1':
      return [subject, ...event.data.separated].map(actor)
    case 'ledger.office.held.v1':
      return [event.data.holder, event.data.actor].map(actor)
    case 'ledger.office.revised.v1':
      return [`office:${subject}`, ...[event.data.actor ?? []].flat().map(actor)]
    case 'ledger.office.ended.v1':
      return [`office:${subject}`]
    case 'ledger.dossier.revised.v1':
      return [`dossier:${subject}`]
    case 'ledger.matter.registered.v1':
      return [`dossier:${event.data.dossier}`, ...matterReferences(event.data)]
    case 'ledger.matter.revised.v1':
      return [`matter:${subject}`, ...matterReferences(event.data)]
    case 'ledger.source.revised.v1':
      return [`source:${subject}`]
    default:
      return []
  }
}

const actor = (id: string): string => `actor:${id}`

/** `related` is left out: two related matters name each other, and one of them must come first. */
const matterReferences = (data: {
  broader?: string[] | undefined
  parties?: { actor: string }[] | undefined
}): string[] => [
  ...(data.broader ?? []).map((id) => `matter:${id}`),
  ...(data.parties ?? []).map((party) => actor(party.actor)),
]

/** Why an event cannot be applied although all that it refers to is known, or null. */
export function refusalOf(registry: Registry, event: RegistryEvent): { code: ErrorCode; detail: string } | null {
  const { subject } = event
  switch (event.type) {
    case 'ledger.key.issued.v1':
      return registeredTwice(registry.keys, subject)
    case 'ledger.actor.registered.v1':
      return registeredTwice(registry.actors, subject)
    case 'ledger.office.held.v1':
      return registeredTwice(registry.offices, subject)
    case 'ledger.dossier.registered.v1':
      return registeredTwice(registry.dossiers, subject)
    case 'ledger.source.registered.v1':
      return registeredTwice(registry.sources, subject)
    case 'ledger.matter.registered.v1':
      return (
        registeredTwice(registry.matters, subject) ??
        broaderRefusal(registry, subject, event.data.dossier, event.data.broader ?? [])
      )
    case 'ledger.matter.revised.v1':
      return broaderRefusal(registry, subject, registry.matters.get(subject)?.dossier ?? '', event.data.broader ?? [])
    case 'ledger.actor.aliased.v1': {
      const holder = registry.names.get(foldName(event.data.alias))
      return holder !== undefined && canonicalActor(registry, holder) !== canonicalActor(registry, subject)
        ? { code: 'ALIAS_TAKEN', detail: `'${event.data.alias}' leads to ${holder}` }
        : null
    }
    case 'ledger.actors.merged.v1':
      return mergeRefusal(registry, subject, event.data.mergedAway)
    case 'ledger.actors.unmerged.v1': {
      const stranger = event.data.separated.find((id) => registry.mergedInto.get(id) !== subject)
      return stranger === undefined
        ? null
        : { code: 'MERGE_INVALID', detail: `${stranger} is not merged into ${subject}` }
    }
    default:
      return null
  }
}

const registeredTwice = (
  entities: ReadonlyMap<string, unknown>,
  id: string,
): { code: ErrorCode; detail: string } | null =>
  entities.has(id) ? { code: 'ALREADY_REGISTERED', detail: `${id} is registered already` } : null

function broaderRefusal(
  registry: Registry,
  id: string,
  dossier: string,
  broader: readonly string[],
): { code: ErrorCode; detail: string } | null {
  const foreign = broader.find((other) => registry.matters.get(other)?.dossier !== dossier)
  if (foreign !== undefined) return { code: 'MATTER_NOT_IN_DOSSIER', detail: `${foreign} belongs to another dossier` }
  return withAllBroader(registry, broader).has(id)
    ? { code: 'MATTER_CYCLE', detail: `${id} would be broader than itself` }
    : null
}

function mergeRefusal(
  registry: Registry,
  survivor: string,
  mergedAway: readonly string[],
): { code: ErrorCode; detail: string } | null {
  if (registry.mergedInto.has(survivor)) return { code: 'MERGE_INVALID', detail: `${survivor} is itself merged away` }
  const wrong = mergedAway.find((id) => id === survivor || registry.mergedInto.has(id))
  return wrong === undefined
    ? null
    : { code: 'MERGE_INVALID', detail: `${wrong} is the survivor itself or merged away already` }
}
