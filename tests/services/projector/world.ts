import type { EventOf, EventType } from '#libs/contracts/events.js'
import { event } from './records.js'

/** A small registry: Iran and Russia, a ministry with an office, one dossier with a matter and a narrower one. */
export const smallRegistry = (): EventOf<EventType>[] => [
  event('ledger.actor.registered.v1', 'irn', { kind: 'STATE', name: 'Iran' }),
  event('ledger.actor.registered.v1', 'rus', { kind: 'STATE', name: 'Russia' }),
  event('ledger.actor.registered.v1', 'minister', { kind: 'PERSON', name: 'Minister' }),
  event('ledger.office.held.v1', 'irn-fm', {
    title: 'Foreign Minister',
    holder: 'minister',
    actor: 'irn',
    authority: 'PRINCIPAL',
  }),
  event('ledger.dossier.registered.v1', 'war', { title: 'War' }),
  event('ledger.matter.registered.v1', 'irn-rus', {
    dossier: 'war',
    title: 'Iran to Russia',
    parties: [{ actor: 'irn', role: 'SUPPLIER' }],
  }),
  event('ledger.matter.registered.v1', 'irn-rus.uav', { dossier: 'war', title: 'UAVs', broader: ['irn-rus'] }),
]

type StatementData = EventOf<'ledger.statement.recorded.v1'>['data']

/** Iran denies, on a day, unless the case says otherwise. */
export const statement = (
  id: string,
  more: Partial<StatementData> & { day?: string; value?: string; eventId?: string } = {},
): EventOf<'ledger.statement.recorded.v1'> => {
  const { day = '2022-10-20', value = 'DENY', eventId, ...data } = more
  return event(
    'ledger.statement.recorded.v1',
    id,
    {
      dossier: 'war',
      speaker: 'minister',
      office: 'irn-fm',
      onBehalfOf: [{ actor: 'irn', capacity: 'OWN' }],
      act: 'DENY',
      stances: [{ matter: 'irn-rus.uav', facet: 'FACT', value: value as 'DENY' }],
      evidence: [{ report: `report-${id}`, published: day, said: day, fidelity: 'VERBATIM' }],
      ...data,
    },
    eventId,
  )
}

export const evidence = (id: string, said: string, published = '2022-12-31'): EventOf<'ledger.evidence.attached.v1'> =>
  event('ledger.evidence.attached.v1', id, {
    dossier: 'war',
    evidence: [{ report: `report-${id}-${said}`, published, said, fidelity: 'PARAPHRASE' }],
  })

export const decision = (
  kind: 'released' | 'dismissed',
  place: { topic: string; partition: number; offset: number },
): EventOf<EventType> =>
  event(`ledger.record.${kind}.v1`, `${place.topic}-${place.partition}-${place.offset}`, {
    topic: place.topic,
    partition: place.partition,
    offset: String(place.offset),
  })
