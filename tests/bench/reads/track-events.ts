import { createEvent } from '#libs/contracts/cloud-event.js'
import type { AnyEventOf, EventOf, EventType, RegistryEventType, StatementEventType } from '#libs/contracts/events.js'
import type { StatementData } from '#libs/contracts/statement-events.js'
import { randomFrom, type Random } from '../events/random.js'
import { drawEvidence, drawStatement } from '../events/statement-lines.js'
import { actorId, dossierId, matterId, registryLines } from '../events/world.js'

/** One actor's statements in one dossier, as many as a read has to fold. */
export interface BenchTrack {
  readonly actor: string
  readonly dossier: string
  /** A matter that it talks about often. */
  readonly matter: string
  /** Recorded first, each with a stance on behalf of the actor. */
  readonly statements: readonly AnyEventOf<StatementEventType>[]
  /** Recorded after all of them: evidence and corrections, of one statement in twenty. */
  readonly amendments: readonly AnyEventOf<StatementEventType>[]
}

export type RegistryLineEvent = AnyEventOf<RegistryEventType>

/** The registry of all benchmarks, as events. */
export const registryEvents = (): RegistryLineEvent[] =>
  registryLines().map(
    ({ type, subject, data }) =>
      eventOf(type, subject, data as EventOf<EventType>['data'], `registry/${type}/${subject}`) as RegistryLineEvent,
  )

/** @param place which actor and which dossier of the registry: another one for each track of a run */
export function trackOf(place: number, statementCount: number, seed: number): BenchTrack {
  const random = randomFrom(seed ^ place)
  const ids = { actor: actorId(place), dossier: dossierId(place), matter: matterId(place, 0) }
  const recorded = Array.from({ length: statementCount }, (_, index) => recordedStatement(random, place, index))
  const amended = recorded.filter((_, index) => index % AMENDED_ONE_IN === 0)
  return { ...ids, statements: recorded, amendments: amended.map((one, index) => amendmentOf(random, one, index)) }
}

const AMENDED_ONE_IN = 20
/** About one statement in two days: dates move as they do in the press. */
const STATEMENTS_PER_DAY = 0.5

const dayOf = (index: number): number => 1_000 + Math.floor(index / STATEMENTS_PER_DAY)

type Recorded = EventOf<'ledger.statement.recorded.v1'>

function recordedStatement(random: Random, place: number, index: number): Recorded {
  const id = `track-${place}-${String(index).padStart(5, '0')}`
  return eventOf('ledger.statement.recorded.v1', id, statementOf(random, place, index), `${id}/recorded`)
}

/** Draws until one takes a stance: one in eight of those that are drawn is context only, and feeds no track. */
function statementOf(random: Random, place: number, index: number): StatementData {
  for (let tried = 0; tried < 1_000; tried++) {
    const drawn = drawStatement(random, { actor: place, dossier: place, day: dayOf(index) }, index)
    if (drawn.stances.length > 0) return drawn
  }
  throw new Error('no statement with a stance was drawn')
}

function amendmentOf(random: Random, { subject, id, data }: Recorded, index: number): AnyEventOf<StatementEventType> {
  const { dossier, stances } = data
  if (index % 2 === 1) {
    const [first] = data.evidence
    const evidence = [{ ...drawEvidence(random, 0, index), ...datesOf(first), report: `late-${subject}` }]
    return eventOf('ledger.evidence.attached.v1', subject, { dossier, evidence }, `${subject}/attached`)
  }
  const coding = { stances: stances.map((stance) => ({ ...stance, implied: true })) }
  const correction = { dossier, basedOn: id, coding, reason: 'Nothing of it was said in so many words.' }
  return eventOf('ledger.statement.corrected.v1', subject, correction, `${subject}/corrected`)
}

const datesOf = (evidence: StatementData['evidence'][number] | undefined) => {
  if (!evidence) throw new Error('a statement has evidence')
  return { published: evidence.published, ...(evidence.said === undefined ? {} : { said: evidence.said }) }
}

const eventOf = <T extends EventType>(type: T, subject: string, data: EventOf<T>['data'], id: string): EventOf<T> =>
  createEvent({ type, id, subject, data, recordedBy: 'benchmark', time: new Date(0), source: '/benchmark' })
