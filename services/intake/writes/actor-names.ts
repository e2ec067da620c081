import type { EventType } from '#libs/contracts/events.js'
import { foldName, type Registry } from '#libs/ledger/registry.js'

/**
 * Puts ids where a request names actors. A name or alias becomes the id that it leads to; an id stays as it is, even if
 * that actor was merged away, so that unmerging finds what was said of whom. What leads nowhere stays, and is then found
 * to be unknown.
 */
export function withActorIds<T extends object>(type: EventType, data: T, registry: Registry): T {
  const id = (text: string): string => (registry.actors.has(text) ? text : (registry.names.get(foldName(text)) ?? text))
  switch (type) {
    case 'ledger.statement.recorded.v1':
    case 'ledger.statement.retracted.v1':
      return { ...data, ...codingActors(data, id) }
    case 'ledger.statement.corrected.v1': {
      const { coding } = data as { coding?: CodingActors }
      return coding === undefined ? data : { ...data, coding: { ...coding, ...codingActors(coding, id) } }
    }
    case 'ledger.office.held.v1':
    case 'ledger.office.revised.v1': {
      const { holder, actor } = data as { holder?: string; actor?: string }
      return { ...data, ...(holder && { holder: id(holder) }), ...(actor && { actor: id(actor) }) }
    }
    case 'ledger.matter.registered.v1':
    case 'ledger.matter.revised.v1': {
      const { parties } = data as { parties?: { actor: string }[] }
      return parties === undefined
        ? data
        : { ...data, parties: parties.map((party) => ({ ...party, actor: id(party.actor) })) }
    }
    default:
      return data
  }
}

interface CodingActors {
  readonly speaker?: string
  readonly onBehalfOf?: readonly { actor: string }[]
  readonly addressees?: readonly string[]
}

function codingActors(coding: CodingActors, id: (text: string) => string): object {
  const { speaker, onBehalfOf, addressees } = coding
  return {
    ...(speaker !== undefined && { speaker: id(speaker) }),
    ...(onBehalfOf && { onBehalfOf: onBehalfOf.map((one) => ({ ...one, actor: id(one.actor) })) }),
    ...(addressees && { addressees: addressees.map(id) }),
  }
}
