import { createHash } from 'node:crypto'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import { ACTS, AUTHORITIES, FACETS, VALUES } from '#libs/contracts/vocabulary.js'
import { event } from './records.js'

/** Numbers that a seed repeats: mulberry32. */
export const randomBy = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface World {
  readonly actors: number
  readonly dossiers: number
  readonly mattersPerDossier: number
}

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
/** Some are named far more often than others. */
const skewed = (random: () => number, count: number): number => Math.floor(count * random() ** 2)
const day = (index: number): string => new Date(Date.UTC(2015, 0, 1) + index * 86_400_000).toISOString().slice(0, 10)

/** Actors, one speaker and office each for every authority, dossiers, and matters in small trees. */
export const registryEvents = ({ actors, dossiers, mattersPerDossier }: World): EventOf<EventType>[] => [
  ...range(actors).flatMap((a) => [
    event('ledger.actor.registered.v1', `actor-${a}`, { kind: 'STATE', name: `Actor ${a}` }),
    ...AUTHORITIES.slice(0, 4).map((authority) =>
      event('ledger.office.held.v1', `office-${a}-${authority.toLowerCase()}`, {
        title: authority,
        holder: `actor-${a}`,
        actor: `actor-${a}`,
        authority,
      }),
    ),
  ]),
  ...range(dossiers).flatMap((d) => [
    event('ledger.dossier.registered.v1', `dossier-${d}`, { title: `Dossier ${d}` }),
    ...range(mattersPerDossier).map((m) =>
      event('ledger.matter.registered.v1', `matter-${d}-${m}`, {
        dossier: `dossier-${d}`,
        title: `Matter ${m}`,
        ...(m === 0 ? {} : { broader: [`matter-${d}-${Math.floor((m - 1) / 3)}`] }),
        parties: [{ actor: `actor-${(d * 7 + m) % actors}`, role: 'SUPPLIER' }],
      }),
    ),
  ]),
]

/**
 * Statements of about 650 bytes, said over ten years in the order of recording but for some days.
 * @param first number of the first; the same numbers and seed give the same events
 */
export const statementEvents = (
  world: World,
  { count, seed, first = 0 }: { count: number; seed: number; first?: number },
): EventOf<EventType>[] => {
  const random = randomBy(seed)
  return range(count).map((n) => {
    const dossier = skewed(random, world.dossiers)
    const actor = `actor-${skewed(random, world.actors)}`
    const facet = pick(random, FACETS)
    const said = Math.max(0, Math.floor((n / count) * 3_650) - Math.floor(random() ** 3 * 30))
    const published = said + Math.floor(random() * 3)
    const number = first + n
    return event(
      'ledger.statement.recorded.v1',
      `statement-${number}`,
      {
        dossier: `dossier-${dossier}`,
        speaker: actor,
        office: `office-${actor.slice(6)}-${pick(random, AUTHORITIES.slice(0, 4)).toLowerCase()}`,
        onBehalfOf: [{ actor, capacity: 'OWN' }],
        act: pick(random, ACTS),
        stances: [
          {
            matter: `matter-${dossier}-${skewed(random, world.mattersPerDossier)}`,
            facet,
            value: pick(random, VALUES[facet]),
          },
        ],
        evidence: [
          { report: `report-${number % 5_000}`, published: day(published), said: day(said), fidelity: 'VERBATIM' },
        ],
      },
      uuidOf(`${seed}/${number}`),
    )
  })
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const uuidOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
