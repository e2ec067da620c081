import type { Evidence, StatementData } from '#libs/contracts/statement-events.js'
import type { Stance } from '#libs/contracts/stance.js'
import { ACTS, FACETS, VALUES, type Facet, type Value } from '#libs/contracts/vocabulary.js'
import { traitOf, zipfRanks, type Random } from './random.js'
import {
  ACTORS,
  DOSSIERS,
  MATTERS_PER_DOSSIER,
  actorId,
  dossierId,
  matterId,
  officeId,
  speakerId,
  type OfficeSuffix,
} from './world.js'

/** A million events cover fifty years, so that dates move at one pace however many events a run has. */
const EVENTS_PER_DAY = 55
const FIRST_DAY_MS = Date.UTC(1975, 0, 1)
const DAY_MS = 86_400_000
const EPOCH_DAYS = 2_000

const drawActor = zipfRanks(ACTORS, 0.9)
const drawDossier = zipfRanks(DOSSIERS, 0.7)
const drawMatter = zipfRanks(MATTERS_PER_DOSSIER, 0.8)

/** The dossiers are mixed, so that the large ones do not all lie in the first partitions. */
const DOSSIER_STRIDE = 17

export interface Occasion {
  readonly actor: number
  readonly dossier: number
  /** Days since the first of the run. */
  readonly day: number
}

/** Who speaks, about which dossier, and when. Three in a hundred come to light long after they were made. */
export function drawOccasion(random: Random, index: number): Occasion {
  const today = 1_000 + Math.floor(index / EVENTS_PER_DAY)
  const late = random.chance(0.03)
  return {
    actor: drawActor(random),
    dossier: (drawDossier(random) * DOSSIER_STRIDE) % DOSSIERS,
    day: late ? today - 30 - random.below(870) : today,
  }
}

/** The data of a `statement.recorded`, about 300 bytes as JSON. */
export function drawStatement(random: Random, occasion: Occasion, number: number): StatementData {
  const { actor, dossier } = occasion
  const office = drawOffice(random)
  const partner = random.chance(0.04) ? drawActor(random) : actor
  return {
    dossier: dossierId(dossier),
    speaker: speakerId(actor, office),
    office: officeId(actor, office),
    onBehalfOf:
      partner === actor
        ? [{ actor: actorId(actor), capacity: 'OWN' }]
        : [
            { actor: actorId(actor), capacity: 'JOINT' },
            { actor: actorId(partner), capacity: 'JOINT' },
          ],
    act: ACTS[random.below(ACTS.length)] ?? 'ASSERT',
    stances: drawStances(random, occasion),
    evidence: [drawEvidence(random, occasion.day, number)],
  }
}

const drawOffice = (random: Random): OfficeSuffix => {
  const drawn = random.next()
  return drawn < 0.35 ? 'principal' : drawn < 0.6 ? 'senior' : 'voice'
}

/** Mostly one stance; some statements have none (context only), some take two positions at once. */
function drawStances(random: Random, occasion: Occasion): Stance[] {
  const drawn = random.next()
  const count = drawn < 0.12 ? 0 : drawn < 0.87 ? 1 : 2
  const first = drawMatter(random)
  return Array.from({ length: count }, (_, index) =>
    drawStance(random, occasion, (first + index) % MATTERS_PER_DOSSIER),
  )
}

function drawStance(random: Random, occasion: Occasion, matter: number): Stance {
  const drawn = random.next()
  const facet: Facet = drawn < 0.4 ? 'FACT' : drawn < 0.65 ? 'INTENT' : 'NORM'
  return {
    matter: matterId(occasion.dossier, matter),
    facet,
    value: drawValue(random, occasion, matter, facet),
    ...(random.chance(0.08) && { scope: { itemClass: CLASSES[random.below(CLASSES.length)] } }),
    ...(random.chance(0.03) && { implied: true }),
  }
}

const CLASSES = ['munitions', 'vehicles', 'aircraft', 'air defence']

/** Actors keep to a line, which moves every few years; now and then someone is out of line. */
function drawValue(random: Random, { actor, dossier, day }: Occasion, matter: number, facet: Facet): Value {
  const values = VALUES[facet]
  if (random.chance(0.04)) return values[random.below(values.length)] ?? values[0]
  const phase = traitOf(actor, dossier, matter) % EPOCH_DAYS
  const line = traitOf(actor, dossier, matter, FACETS.indexOf(facet), Math.floor((day + phase) / EPOCH_DAYS))
  return values[line % values.length] ?? values[0]
}

/** One report of what was said on `day`; its date is exact, vague, an interval or missing, and it names a day or two after. */
export function drawEvidence(random: Random, day: number, number: number): Evidence {
  const published = day + (random.chance(0.6) ? 0 : 1)
  const said = drawSaid(random, day)
  return {
    report: `r-${number.toString(36).padStart(7, '0')}`,
    published: dayText(published),
    ...(random.chance(0.2) && { originKey: `agency-${random.below(12)}` }),
    ...(said !== undefined && { said }),
    quote: drawQuote(random),
    fidelity: random.chance(0.5) ? 'VERBATIM' : 'TRANSLATED',
  }
}

function drawSaid(random: Random, day: number): string | undefined {
  const drawn = random.next()
  if (drawn < 0.78) return dayText(day)
  if (drawn < 0.86) return dayText(day).slice(0, 7)
  if (drawn < 0.92) return `${dayText(day - 1 - random.below(4))}/${dayText(day)}`
  return undefined
}

const dayText = (day: number): string => new Date(FIRST_DAY_MS + (day - 1_000) * DAY_MS).toISOString().slice(0, 10)

const WORDS =
  'we have not and will not deliver such systems to any party in the conflict until talks resume said spokesman again'.split(
    ' ',
  )

function drawQuote(random: Random): string {
  const from = random.below(WORDS.length)
  return Array.from({ length: 4 + random.below(5) }, (_, index) => WORDS[(from + index) % WORDS.length]).join(' ')
}
