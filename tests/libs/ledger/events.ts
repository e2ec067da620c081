import { createEvent } from '#libs/contracts/cloud-event.js'
import type { AnyEventOf, EventOf, EventType, RegistryEventType, StatementEventType } from '#libs/contracts/events.js'
import type { Evidence, StatementData } from '#libs/contracts/statement-events.js'

/** Events with only what matters to a case; ids follow from what they say, so that a repeated call repeats the event. */
function event<T extends EventType>(type: T, subject: string, data: EventOf<T>['data'], id: string): EventOf<T> {
  return createEvent({ type, id, subject, data, recordedBy: 'test', time: new Date(0), source: '/test' })
}

export const registryEvent = <T extends RegistryEventType>(type: T, subject: string, data: EventOf<T>['data']) =>
  event(
    type,
    subject,
    data,
    `${type}/${subject}/${JSON.stringify(data)}`.slice(0, 200),
  ) as AnyEventOf<RegistryEventType>

export const statementEvent = <T extends StatementEventType>(
  type: T,
  subject: string,
  data: EventOf<T>['data'],
  id = `${type}/${subject}/${JSON.stringify(data)}`.slice(0, 200),
) => event(type, subject, data, id) as AnyEventOf<StatementEventType>

/** A report of the statement, on 2022-10-20 unless told otherwise. */
export const evidence = (fields: Partial<Evidence> = {}): Evidence => ({
  report: 'r1',
  published: '2022-10-20',
  fidelity: 'PARAPHRASE',
  ...fields,
})

/** Iran's denial that it supplies UAVs, unless told otherwise. */
export const statementData = (fields: Partial<StatementData> = {}): StatementData => ({
  dossier: 'd',
  speaker: 'irn',
  onBehalfOf: [{ actor: 'irn', capacity: 'OWN' }],
  act: 'DENY',
  stances: [{ matter: 'm', facet: 'FACT', value: 'DENY' }],
  evidence: [evidence()],
  ...fields,
})
