import type { Fault } from '#libs/contracts/error-codes.js'
import type { StatementEventType } from '#libs/contracts/events.js'
import type { Stance } from '#libs/contracts/stance.js'
import type { Coding, Evidence } from '#libs/contracts/statement-events.js'
import { VALUES } from '#libs/contracts/vocabulary.js'
import { canonicalActor, type Registry } from './registry.js'
import { isKnown } from './registry-checks.js'
import { extentOf, overlap } from './scope.js'
import type { Bounds } from './bounds.js'
import { parseEdtf } from './time.js'

/** The data of any statement event, as far as it can be checked: whatever parts of it are there. */
export interface CheckedData {
  readonly dossier: string
  readonly evidence?: readonly Evidence[] | undefined
  readonly stances?: readonly Stance[] | undefined
  readonly coding?: { readonly [K in keyof Coding]?: Coding[K] | undefined } | undefined
}
type CodingPart = { readonly [K in keyof Coding]?: Coding[K] | undefined }

/**
 * What is wrong with a statement event in itself, whatever the registry says: impossible dates, a statement made after
 * its report, stances that overlap. Used by intake before it publishes and by the projector on what others published.
 * @returns faults with JSON pointers relative to the data; empty if none
 */
export function statementFaults(data: object): Fault[] {
  const checked = data as CheckedData
  const stances = checked.stances ?? checked.coding?.stances ?? []
  const prefix = checked.stances ? '' : '/coding'
  return [
    ...(checked.evidence ?? []).flatMap((evidence, i) => evidenceFaults(evidence, `/evidence/${i}`)),
    ...stances.flatMap((stance, i) => stanceFaults(stance, `${prefix}/stances/${i}`)),
    ...overlapFaults(stances, prefix),
  ]
}

function evidenceFaults(evidence: Evidence, pointer: string): Fault[] {
  const published = parseEdtf(evidence.published)
  if (!published.ok) return [dateFault(`${pointer}/published`, published.reason)]
  if (published.bounds.earliest === null || published.bounds.latest === null)
    return [dateFault(`${pointer}/published`, 'must have a first and a last day')]
  if (evidence.said === undefined) return []
  const said = parseEdtf(evidence.said)
  if (!said.ok) return [dateFault(`${pointer}/said`, said.reason)]
  return saidAfter(said.bounds, published.bounds.latest)
    ? [
        {
          code: 'DATE_AFTER_PUBLICATION',
          pointer: `${pointer}/said`,
          detail: `begins after ${published.bounds.latest}, the last day on which the report can have been published`,
        },
      ]
    : []
}

const saidAfter = (said: Bounds, day: string): boolean => said.earliest !== null && said.earliest > day

const dateFault = (pointer: string, reason: string): Fault => ({
  code: reason === 'ends before it begins' ? 'DATE_ORDER' : 'DATE_INVALID',
  pointer,
  detail: reason,
})

function stanceFaults(stance: Stance, pointer: string): Fault[] {
  const faults: Fault[] = []
  if (stance.scope?.window !== undefined) {
    const window = parseEdtf(stance.scope.window)
    if (!window.ok) faults.push(dateFault(`${pointer}/scope/window`, window.reason))
  }
  const { condition } = stance
  const strange = condition?.values.findIndex((v) => !(VALUES[condition.facet] as readonly string[]).includes(v)) ?? -1
  if (strange >= 0)
    faults.push({
      code: 'VALUE_UNKNOWN',
      pointer: `${pointer}/condition/values/${strange}`,
      detail: 'is not a value of this facet',
    })
  return faults
}

/** A statement cannot hold two stances that speak of the same thing: no order between them would be known. */
function overlapFaults(stances: readonly Stance[], prefix: string): Fault[] {
  const faults: Fault[] = []
  stances.forEach((stance, i) => {
    const extent = extentOf(stance.scope)
    const twin = stances.findIndex(
      (other, j) =>
        j < i &&
        other.matter === stance.matter &&
        other.facet === stance.facet &&
        overlap(extentOf(other.scope), extent),
    )
    if (twin >= 0)
      faults.push({
        code: 'STANCES_OVERLAP',
        pointer: `${prefix}/stances/${i}`,
        detail: `overlaps with stance ${twin} on ${stance.matter} ${stance.facet}`,
      })
  })
  return faults
}

/** One reference of a statement event to the registry: `actor:irn`, and where the data makes it. */
interface Reference {
  readonly to: string
  readonly pointer: string
}

const UNKNOWN = {
  actor: 'ACTOR_UNKNOWN',
  office: 'OFFICE_UNKNOWN',
  dossier: 'DOSSIER_UNKNOWN',
  matter: 'MATTER_UNKNOWN',
} as const

/** References of a statement event that the registry does not know (yet), each once, as `kind:id`. */
export const missingReferences = (type: StatementEventType, data: object, registry: Registry): string[] => [
  ...new Set(
    referencesOf(type, data)
      .map((reference) => reference.to)
      .filter((to) => !isKnown(registry, to)),
  ),
]

/**
 * Whether the registry knows all that a statement event refers to, and its matters are of its dossier: nearly always so,
 * and told in a fraction of the time that it takes to say what is wrong.
 */
export function refersSoundly(type: StatementEventType, data: object, registry: Registry): boolean {
  const { dossier } = data as CheckedData
  let sound = true
  eachReference(type, data, (kind, id) => {
    const known = kind === 'matter' ? registry.matters.get(id)?.dossier === dossier : registry[HOLDERS[kind]].has(id)
    if (!known) sound = false
  })
  return sound
}

const HOLDERS = { actor: 'actors', office: 'offices', dossier: 'dossiers' } as const

/** Matters that are known but belong to another dossier. A matter's dossier never changes, so this verdict stays true. */
export function foreignMatterFaults(type: StatementEventType, data: object, registry: Registry): Fault[] {
  const { dossier } = data as CheckedData
  return referencesOf(type, data)
    .filter(({ to }) => to.startsWith('matter:'))
    .flatMap(({ to, pointer }) => {
      const home = registry.matters.get(to.slice('matter:'.length))?.dossier
      return home === undefined || home === dossier
        ? []
        : [{ code: 'MATTER_NOT_IN_DOSSIER' as const, pointer, detail: `belongs to the dossier ${home}` }]
    })
}

/**
 * All that is wrong with a statement event's references: what intake refuses. OFFICE_NOT_HELD is here only, since who
 * holds an office can be revised, and what is once on the record must not turn wrong by that.
 */
export function referenceFaults(type: StatementEventType, data: object, registry: Registry): Fault[] {
  const unknown = referencesOf(type, data)
    .filter(({ to }) => !isKnown(registry, to))
    .map(({ to, pointer }): Fault => {
      const kind = to.slice(0, to.indexOf(':')) as keyof typeof UNKNOWN
      return { code: UNKNOWN[kind], pointer, detail: `no ${kind} '${to.slice(kind.length + 1)}' is registered` }
    })
  return [...unknown, ...foreignMatterFaults(type, data, registry), ...officeFaults(type, data, registry)]
}

function officeFaults(type: StatementEventType, data: object, registry: Registry): Fault[] {
  const { part, prefix } = codingOf(type, data)
  if (part.office === undefined || part.speaker === undefined) return []
  const office = registry.offices.get(part.office)
  if (!office || canonicalActor(registry, office.holder) === canonicalActor(registry, part.speaker)) return []
  return [
    {
      code: 'OFFICE_NOT_HELD',
      pointer: `${prefix}/office`,
      detail: `is held by ${office.holder}, not by ${part.speaker}`,
    },
  ]
}

function referencesOf(type: StatementEventType, data: object): Reference[] {
  const references: Reference[] = []
  eachReference(type, data, (kind, id, pointer) => references.push({ to: `${kind}:${id}`, pointer: pointer() }))
  return references
}

type Visit = (kind: keyof typeof UNKNOWN, id: string, pointer: () => string) => unknown

/** All that an event refers to. Pointers are made only for who asks: nearly always all is well, and nobody does. */
function eachReference(type: StatementEventType, data: object, visit: Visit): void {
  const { part, prefix } = codingOf(type, data)
  visit('dossier', (data as CheckedData).dossier, () => '/dossier')
  if (part.speaker !== undefined) visit('actor', part.speaker, () => `${prefix}/speaker`)
  if (part.office !== undefined) visit('office', part.office, () => `${prefix}/office`)
  part.onBehalfOf?.forEach(({ actor }, i) => visit('actor', actor, () => `${prefix}/onBehalfOf/${i}/actor`))
  part.addressees?.forEach((id, i) => visit('actor', id, () => `${prefix}/addressees/${i}`))
  part.about?.forEach((id, i) => visit('matter', id, () => `${prefix}/about/${i}`))
  part.stances?.forEach(({ matter, condition }, i) => {
    visit('matter', matter, () => `${prefix}/stances/${i}/matter`)
    if (condition) visit('matter', condition.matter, () => `${prefix}/stances/${i}/condition/matter`)
  })
}

/** The coding that an event carries: in `recorded` the data themselves, in `corrected` under `coding`, in a retraction who spoke. */
function codingOf(type: StatementEventType, data: object): { part: CodingPart; prefix: string } {
  return type === 'ledger.statement.corrected.v1'
    ? { part: (data as CheckedData).coding ?? {}, prefix: '/coding' }
    : { part: data, prefix: '' }
}
