import type { Fault } from '#libs/contracts/error-codes.js'
import {
  isRegistryEvent,
  isReportEvent,
  isStatementEvent,
  type LedgerEvent,
  type RegistryEvent,
} from '#libs/contracts/events.js'
import { escapePointer } from '#libs/contracts/strict-json.js'
import { referenceFaults, statementFaults } from '#libs/ledger/check-statement.js'
import { missingOfRegistryEvent, refusalOf } from '#libs/ledger/registry-checks.js'
import type { Registry } from '#libs/ledger/registry.js'
import { parseEdtf } from '#libs/ledger/time.js'

/** What else is known about ids that are taken. */
export interface TakenIds {
  has(kind: 'statement' | 'report', id: string): boolean
}

/**
 * Everything that is wrong with an event whose shape is right: dates, references, ids that are taken. What the registry
 * says counts as it is now; what can only be known from the statements themselves (is there such a statement?) shows as
 * the event's outcome later.
 * @returns faults with pointers into the data; none if it may be published
 */
export function eventFaults(event: LedgerEvent, registry: Registry, taken: TakenIds): Fault[] {
  if (isStatementEvent(event)) {
    const inItself = [...statementFaults(event.data), ...mergeFaults(event)]
    if (inItself.length > 0) return inItself
    const references = referenceFaults(event.type, event.data, registry)
    if (references.length > 0) return references
    return event.type === 'ledger.statement.recorded.v1' && taken.has('statement', event.subject)
      ? [{ code: 'ALREADY_RECORDED', pointer: '/id', detail: `${event.subject} is recorded already` }]
      : []
  }
  const dates = dateFaults(event)
  if (dates.length > 0) return dates
  if (isRegistryEvent(event)) return registryFaults(event, registry)
  return isReportEvent(event) ? reportFaults(event, registry, taken) : []
}

function mergeFaults(event: LedgerEvent): Fault[] {
  if (event.type !== 'ledger.statements.merged.v1' && event.type !== 'ledger.actors.merged.v1') return []
  const index = event.data.mergedAway.indexOf(event.subject)
  return index < 0 ? [] : [{ code: 'MERGE_INVALID', pointer: `/mergedAway/${index}`, detail: 'is the survivor itself' }]
}

function registryFaults(event: RegistryEvent, registry: Registry): Fault[] {
  const missing = missingOfRegistryEvent(registry, event).map((reference) => missingFault(event, reference))
  if (missing.length > 0) return missing
  const refusal = refusalOf(registry, event)
  return refusal ? [{ ...refusal, ...pointerOfRefusal(event, refusal) }] : []
}

const UNKNOWN = {
  actor: 'ACTOR_UNKNOWN',
  office: 'OFFICE_UNKNOWN',
  dossier: 'DOSSIER_UNKNOWN',
  matter: 'MATTER_UNKNOWN',
  source: 'SOURCE_UNKNOWN',
  key: 'KEY_UNKNOWN',
} as const

function missingFault(event: RegistryEvent, reference: string): Fault {
  const kind = reference.slice(0, reference.indexOf(':')) as keyof typeof UNKNOWN
  const id = reference.slice(kind.length + 1)
  const pointer = pointerTo(event.data, id)
  return { code: UNKNOWN[kind], ...(pointer !== undefined && { pointer }), detail: `no ${kind} '${id}' is registered` }
}

function pointerOfRefusal(
  event: RegistryEvent,
  { code, detail }: { code: string; detail: string },
): { pointer?: string } {
  if (code === 'ALREADY_REGISTERED') return { pointer: '/id' }
  if (code === 'ALIAS_TAKEN') return { pointer: '/alias' }
  if (code === 'MATTER_CYCLE') return { pointer: '/broader' }
  const named = detail.split(' ', 1)[0] ?? ''
  const pointer = pointerTo(event.data, named)
  return pointer === undefined ? {} : { pointer }
}

/** Where in the data a text stands first; undefined if it does not (it is then in the address). */
function pointerTo(data: unknown, text: string, pointer = ''): string | undefined {
  if (data === text) return pointer
  if (data === null || typeof data !== 'object') return undefined
  for (const [key, value] of Object.entries(data)) {
    const found = pointerTo(value, text, `${pointer}/${escapePointer(key)}`)
    if (found !== undefined) return found
  }
  return undefined
}

type ReportEvent = Extract<LedgerEvent, { type: `ledger.report.${string}` }>

function reportFaults(event: ReportEvent, registry: Registry, taken: TakenIds): Fault[] {
  const { source } = event.data
  if (source !== undefined && !registry.sources.has(source))
    return [{ code: 'SOURCE_UNKNOWN', pointer: '/source', detail: `no source '${source}' is registered` }]
  return event.type === 'ledger.report.registered.v1' && taken.has('report', event.subject)
    ? [{ code: 'ALREADY_REGISTERED', pointer: '/id', detail: `${event.subject} is registered already` }]
    : []
}

/** Dates of offices and reports; those of statements have rules of their own. */
function dateFaults(event: LedgerEvent): Fault[] {
  switch (event.type) {
    case 'ledger.report.registered.v1':
    case 'ledger.report.revised.v1':
      return [event.data.published ?? []].flat().flatMap(publicationFaults)
    case 'ledger.office.held.v1':
    case 'ledger.office.revised.v1':
      return tenureFaults(event.data.from, event.data.until)
    case 'ledger.office.ended.v1':
      return tenureFaults(undefined, event.data.until)
    default:
      return []
  }
}

function publicationFaults(published: string): Fault[] {
  const parsed = parseEdtf(published)
  if (!parsed.ok) return [dateFault('/published', parsed.reason)]
  return parsed.bounds.earliest === null || parsed.bounds.latest === null
    ? [dateFault('/published', 'must have a first and a last day')]
    : []
}

function tenureFaults(from: string | undefined, until: string | undefined): Fault[] {
  const begin = from === undefined ? null : parseEdtf(from)
  const end = until === undefined ? null : parseEdtf(until)
  const faults = [
    ...(begin && !begin.ok ? [dateFault('/from', begin.reason)] : []),
    ...(end && !end.ok ? [dateFault('/until', end.reason)] : []),
  ]
  if (faults.length > 0 || !begin?.ok || !end?.ok) return faults
  const [first, last] = [begin.bounds.earliest, end.bounds.latest]
  return first !== null && last !== null && first > last
    ? [{ code: 'DATE_ORDER', pointer: '/until', detail: 'ends before it begins' }]
    : []
}

const dateFault = (pointer: string, reason: string): Fault => ({
  code: reason === 'ends before it begins' ? 'DATE_ORDER' : 'DATE_INVALID',
  pointer,
  detail: reason,
})
