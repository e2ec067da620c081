import type { EventType } from '#libs/contracts/events.js'
import { PARTY_ROLES, type Authority } from '#libs/contracts/vocabulary.js'
import { traitOf } from './random.js'

export const ACTORS = 200
export const DOSSIERS = 50
export const MATTERS_PER_DOSSIER = 10

/** Who speaks for an actor: each has one person or organ in each of these offices, for as long as the events last. */
const OFFICES = [
  { suffix: 'principal', authority: 'PRINCIPAL' },
  { suffix: 'senior', authority: 'SENIOR' },
  { suffix: 'voice', authority: 'VOICE' },
] as const satisfies readonly { suffix: string; authority: Authority }[]
export type OfficeSuffix = (typeof OFFICES)[number]['suffix']

export const actorId = (actor: number): string => `a${String(actor).padStart(3, '0')}`
export const speakerId = (actor: number, office: OfficeSuffix): string => `${actorId(actor)}.${office}`
export const officeId = (actor: number, office: OfficeSuffix): string => `${actorId(actor)}.office.${office}`
export const dossierId = (dossier: number): string => `case-${String(dossier).padStart(2, '0')}`
export const matterId = (dossier: number, matter: number): string => `${dossierId(dossier)}.m${matter}`

/** What a registry event says, before it becomes a CloudEvent. */
export interface RegistryLine {
  readonly type: EventType
  readonly subject: string
  readonly data: object
}

/** The registry that the statements refer to: 200 actors with three offices each, 500 matters in 50 dossiers. */
export function registryLines(): RegistryLine[] {
  return [
    ...range(ACTORS).flatMap(actorLines),
    ...range(DOSSIERS).flatMap((dossier) => [dossierLine(dossier), ...matterLines(dossier)]),
  ]
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index)

const actorLines = (actor: number): RegistryLine[] => [
  {
    type: 'ledger.actor.registered.v1',
    subject: actorId(actor),
    data: { kind: 'STATE', name: `State ${actor}`, aliases: [`Capital ${actor}`] },
  },
  ...OFFICES.flatMap(({ suffix, authority }) => [
    {
      type: 'ledger.actor.registered.v1' as const,
      subject: speakerId(actor, suffix),
      data: { kind: 'PERSON', name: `Person ${actor} ${suffix}` },
    },
    {
      type: 'ledger.office.held.v1' as const,
      subject: officeId(actor, suffix),
      data: {
        title: `Office ${suffix} of State ${actor}`,
        holder: speakerId(actor, suffix),
        actor: actorId(actor),
        authority,
        from: '1970-01-01',
      },
    },
  ]),
]

const dossierLine = (dossier: number): RegistryLine => ({
  type: 'ledger.dossier.registered.v1',
  subject: dossierId(dossier),
  data: { title: `Dossier ${dossier}` },
})

/**
 * What contains what in each dossier. As among the seeds, half of the matters stand alone or on top, the one most talked
 * about is specific, and a stance bears on one narrower matter on average.
 */
const BROADER: Readonly<Record<number, number>> = { 0: 2, 2: 3, 5: 2, 6: 3, 7: 1 }

const matterLines = (dossier: number): RegistryLine[] =>
  BROADER_FIRST.map((matter) => {
    const broader = BROADER[matter]
    return {
      type: 'ledger.matter.registered.v1',
      subject: matterId(dossier, matter),
      data: {
        dossier: dossierId(dossier),
        title: `Matter ${matter} of dossier ${dossier}`,
        ...(broader === undefined ? {} : { broader: [matterId(dossier, broader)] }),
        parties: partiesOf(dossier, matter),
      },
    }
  })

/** A matter is registered after those that contain it. */
const BROADER_FIRST: readonly number[] = [1, 3, 4, 8, 9, 2, 6, 7, 0, 5]

const partiesOf = (dossier: number, matter: number) => {
  const first = traitOf(dossier, matter, 1) % ACTORS
  return range(2 + (matter % 3)).map((party) => ({
    actor: actorId((first + party * 7) % ACTORS),
    role: PARTY_ROLES[party % PARTY_ROLES.length],
  }))
}
