import { createEvent, encodeEvent } from '#libs/contracts/cloud-event.js'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import { randomFrom, type Random } from './random.js'
import { drawEvidence, drawOccasion, drawStatement, type Occasion } from './statement-lines.js'
import { registryLines } from './world.js'

/** One record as it goes on a topic. */
export interface BenchRecord {
  readonly key: string
  readonly value: string
}

export const DEFAULT_SEED = 20_221_020
export const ACCOUNT = 'benchmark'
const SOURCE = '/benchmark'
/** Intake's clock at the first event; one event every 40 ms from there. */
const FIRST_EVENT_MS = Date.UTC(2024, 0, 1)
const EVENT_EVERY_MS = 40

/** Of all events; the rest are `statement.recorded`. */
const SHARES = { attached: 0.08, corrected: 0.03, retracted: 0.004, voided: 0.002 }
/** Amendments concern what was recorded lately. */
const RECENT_MAX = 20_000

/** The registry of the benchmark as records of `ledger.registry.v1`, in the order in which they must come. */
export function registryRecords(seed = DEFAULT_SEED): BenchRecord[] {
  const random = randomFrom(seed ^ 0x5eed)
  return registryLines().map((line, index) =>
    record(random, index - 10_000, line.type, line.subject, line.data as EventOf<EventType>['data']),
  )
}

/**
 * The statement events of the benchmark as records of `ledger.statements.v1`, about 690 bytes each. The first n of a
 * longer run are those of a run of n: only `seed` decides.
 */
export function* statementRecords(count: number, seed = DEFAULT_SEED): Generator<BenchRecord, void> {
  const random = randomFrom(seed)
  const recent: Recent[] = []
  for (let index = 0; index < count; index++)
    yield drawAmendment(random, index, recent) ?? drawRecorded(random, index, recent)
}

/** What an amendment has to know of a statement. */
interface Recent {
  readonly id: string
  readonly occasion: Occasion
  readonly dossier: string
  codingEvent: string
  gone: boolean
}

function drawRecorded(random: Random, index: number, recent: Recent[]): BenchRecord {
  const occasion = drawOccasion(random, index)
  const id = `s-${index.toString(36).padStart(6, '0')}`
  const data = drawStatement(random, occasion, index)
  const eventId = drawEventId(random, index)
  recent[index % RECENT_MAX] = { id, occasion, dossier: data.dossier, codingEvent: eventId, gone: false }
  return record(random, index, 'ledger.statement.recorded.v1', id, data, eventId)
}

function drawAmendment(random: Random, index: number, recent: readonly Recent[]): BenchRecord | undefined {
  const drawn = random.next()
  const target = recent[random.below(RECENT_MAX)]
  if (!target || target.gone) return undefined
  const { id, dossier, occasion } = target
  let bound = SHARES.attached
  if (drawn < bound) {
    const evidence = [drawEvidence(random, occasion.day, index)]
    return record(random, index, 'ledger.evidence.attached.v1', id, { dossier, evidence })
  }
  if (drawn < (bound += SHARES.corrected)) return correction(random, index, target)
  if (drawn < (bound += SHARES.retracted)) {
    const evidence = [drawEvidence(random, occasion.day + 40, index)]
    return record(random, index, 'ledger.statement.retracted.v1', id, { dossier, evidence })
  }
  if (drawn >= bound + SHARES.voided) return undefined
  target.gone = true
  return record(random, index, 'ledger.statement.voided.v1', id, { dossier, reason: 'Recorded twice by mistake.' })
}

function correction(random: Random, index: number, target: Recent): BenchRecord {
  const { dossier, occasion, codingEvent } = target
  const { stances, act } = drawStatement(random, occasion, index)
  const eventId = drawEventId(random, index)
  target.codingEvent = eventId
  const data = { dossier, basedOn: codingEvent, coding: { act, stances }, reason: 'The stance was coded wrongly.' }
  return record(random, index, 'ledger.statement.corrected.v1', target.id, data, eventId)
}

function record<T extends EventType>(
  random: Random,
  index: number,
  type: T,
  subject: string,
  data: EventOf<T>['data'],
  id = drawEventId(random, index),
): BenchRecord {
  const time = new Date(timeOf(index))
  const event = createEvent({ type, id, subject, data, recordedBy: ACCOUNT, time, source: SOURCE })
  return { key: event.partitionkey, value: encodeEvent(event as Parameters<typeof encodeEvent>[0]) }
}

const timeOf = (index: number): number => FIRST_EVENT_MS + index * EVENT_EVERY_MS

/** In the form of UUIDv7: time first, so that ids of neighbouring events are neighbours. */
function drawEventId(random: Random, index: number): string {
  const time = timeOf(index).toString(16).padStart(12, '0')
  const tail = hex32(random) + hex32(random)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(6, 16)}${hex32(random).slice(0, 2)}`
}

const hex32 = (random: Random): string => random.below(0x1_0000_0000).toString(16).padStart(8, '0')
