import { setImmediate } from 'node:timers/promises'
import TinyQueue from 'tinyqueue'
import { isReportEvent, isStatementEvent, type LedgerEvent } from '#libs/contracts/events.js'
import { recordKey, type Registry } from '#libs/ledger/registry.js'
import { applyStatementEvent } from '#libs/ledger/statement-book.js'
import { BlockedRecords, compareInLog, namesIn, type BlockedRecord } from '../outcomes/blocked-records.js'
import type { RecordOutcome } from '../outcomes/outcome-rows.js'
import type { DecodedRecord, RecordFault } from '../records/decode-record.js'
import { placeKey, type RecordPlace } from '../records/incoming-record.js'
import type { ReportShelf } from '../reports/report-shelf.js'
import type { StatementShelf } from '../statements/statement-shelf.js'

/** What records are applied to: all of it was loaded beforehand, so that applying needs no database. */
export interface Desk {
  readonly registry: Registry
  readonly statements: StatementShelf
  readonly reports: ReportShelf
  /** Owner of each event id; the batch adds those that it sees first. */
  readonly owners: EventOwnership
  /** Events of owners that are not in the batch, by `placeKey`: to tell a duplicate from a reused id. */
  readonly ownerEvents: Map<string, LedgerEvent>
  readonly samePayload: (a: LedgerEvent, b: LedgerEvent) => boolean
  /** The names by which operators' decisions may give each topic. */
  readonly topicNames: Readonly<Record<RecordPlace['topic'], readonly string[]>>
}

/** As much of a map from event id to owner as applying records needs. */
export interface EventOwnership {
  get(eventId: string): RecordPlace | undefined
  set(eventId: string, owner: RecordPlace): unknown
}

/** What became of the records of one batch, and of earlier ones that it set free. */
export class Applied {
  readonly blocked = new BlockedRecords()
  /** Outcomes to be written: of records of this batch, and new ones of earlier records. */
  readonly outcomes = new Map<string, RecordOutcome>()
  /** Earlier records whose outcome is to be replaced, or taken away since they were applied. */
  readonly resettled: RecordPlace[] = []
  /** Records that own their event ids from this batch on. */
  readonly identities: DecodedRecord[] = []
}

/** Gives a record of this batch its outcome. A statement that it brings sets free what waited for it. */
export const applyRecord = (desk: Desk, applied: Applied, record: DecodedRecord, recordedAt: string): void => {
  const outcome = outcomeOf(desk, applied, record, recordedAt)
  noteOutcome(applied, outcome, record, recordedAt)
  if (outcome.outcome === 'applied' && !applied.blocked.isEmpty) settle(desk, applied, nextBehind(applied, record))
}

/**
 * Tries blocked records again, and whatever these set free, until nothing more moves: always the one next that comes first
 * in the log, also before others that were free to be tried sooner. A merge may lie between two events without naming the
 * statement that the later one names, and yet decide where that takes effect. Ends, since only records that are freed for
 * good bring others in.
 */
export const settle = (desk: Desk, applied: Applied, candidates: readonly BlockedRecord[]): void => {
  const settleNext = settling(desk, applied, candidates)
  while (settleNext());
}

/** The same for what may be a hundred thousand records, all that waited for an actor. */
export const settleMany = async (desk: Desk, applied: Applied, candidates: readonly BlockedRecord[]): Promise<void> => {
  const settleNext = settling(desk, applied, candidates)
  for (let tried = 1; settleNext(); tried++) if (tried % RECORDS_BETWEEN_PAUSES === 0) await setImmediate()
}

/** Applying is all computing: now and then the socket to Postgres and the heartbeats to Kafka get their turn. */
export const RECORDS_BETWEEN_PAUSES = 200

/** @returns what tries the next record; that returns false once there is none */
const settling = (desk: Desk, applied: Applied, candidates: readonly BlockedRecord[]): (() => boolean) => {
  const waiting = new TinyQueue<BlockedRecord>([], compareInLog)
  const queued = new Set<string>()
  const enter = (blocked: BlockedRecord): void => {
    const place = placeKey(blocked.record)
    if (queued.has(place)) return
    queued.add(place)
    waiting.push(blocked)
  }
  candidates.forEach(enter)
  return () => {
    const next = waiting.pop()
    if (next === undefined) return false
    queued.delete(placeKey(next.record))
    if (settleOne(desk, applied, next.record)) nextBehind(applied, next.record).forEach(enter)
    return true
  }
}

/** @returns whether it no longer blocks anything */
const settleOne = (desk: Desk, applied: Applied, place: DecodedRecord): boolean => {
  const blocked = applied.blocked.get(place)
  if (blocked === undefined) return false
  const { record, recordedAt } = blocked
  const outcome = outcomeOf(desk, applied, record, recordedAt, blocked)
  if (sameOutcome(outcome, blocked)) return false
  applied.blocked.remove(record)
  if (!applied.outcomes.delete(placeKey(record))) applied.resettled.push(record)
  noteOutcome(applied, outcome, record, recordedAt)
  return applied.blocked.get(record) === undefined
}

type Outcome =
  { readonly outcome: 'applied' } | Pick<RecordOutcome, 'outcome' | 'code' | 'detail' | 'pointer' | 'missing'>

const outcomeOf = (
  desk: Desk,
  applied: Applied,
  record: DecodedRecord,
  recordedAt: string,
  earlier?: BlockedRecord,
): Outcome => {
  const decision = decisionOn(desk, record)
  const outcome = undecided(desk, applied, record, recordedAt, decision === 'released', earlier)
  return outcome.outcome === 'quarantined' && decision === 'dismissed' ? { ...outcome, outcome: 'dismissed' } : outcome
}

const undecided = (
  desk: Desk,
  applied: Applied,
  record: DecodedRecord,
  recordedAt: string,
  released: boolean,
  earlier: BlockedRecord | undefined,
): Outcome => {
  const fault = faultOf(record, released, earlier)
  if (fault !== null) return { outcome: 'quarantined', ...fault }
  // what the registry refused it refuses again; only a dismissal ends it
  if (record.topic === 'registry' && earlier) return { ...earlier }
  const { event } = record
  if (event === null) throw new Error('a record without fault has an event')
  const repeated = repetition(desk, applied, record, event)
  if (repeated) return repeated
  if (hasToWait(applied, record, event)) return { outcome: 'waiting' }
  if (isReportEvent(event)) return desk.reports.apply(event, recordedAt)
  if (!isStatementEvent(event)) throw new Error('registry events are applied by the registry batch')
  const outcome = applyStatementEvent(desk.statements, desk.registry, event, recordedAt)
  if (outcome.outcome === 'applied') desk.statements.noteApplied(outcome.touched, record)
  return outcome
}

/** A release waives only that a record is in the wrong partition. What the journal could not keep stays as first seen. */
const faultOf = (record: DecodedRecord, released: boolean, earlier: BlockedRecord | undefined): RecordFault | null => {
  if (record.fault === null || (released && record.fault.code === 'PARTITION_WRONG')) return null
  if (earlier?.code === 'RECORD_UNREADABLE')
    return { code: 'RECORD_UNREADABLE', detail: earlier.detail ?? '', pointer: undefined }
  return record.fault
}

/** Whether an earlier record has this event id. The first to come without a fault of its own owns it. */
const repetition = (desk: Desk, applied: Applied, record: DecodedRecord, event: LedgerEvent): Outcome | null => {
  const owner = desk.owners.get(event.id)
  if (owner === undefined) {
    desk.owners.set(event.id, record)
    applied.identities.push(record)
    return null
  }
  if (owner === record || placeKey(owner) === placeKey(record)) return null
  const first = (owner as Partial<DecodedRecord>).event ?? desk.ownerEvents.get(placeKey(owner))
  if (first && desk.samePayload(first, event)) return { outcome: 'duplicate' }
  return {
    outcome: 'quarantined',
    code: 'ID_REUSED',
    detail: `${owner.topic} ${owner.partition}.${owner.offset} carried this id with another payload`,
    pointer: '/id',
  }
}

/**
 * Behind a blocked event of the same statement. What records a statement for the first time does not wait behind
 * events that wait for nothing but this.
 */
const hasToWait = (applied: Applied, record: DecodedRecord, event: LedgerEvent): boolean => {
  const ahead = applied.blocked.ahead(record)
  if (event.type !== 'ledger.statement.recorded.v1') return ahead.length > 0
  const arrival = `statement:${event.subject}`
  return ahead.some(
    ({ outcome, missing }) => outcome === 'quarantined' || (outcome === 'pending' && !missing?.includes(arrival)),
  )
}

/** Remembers an outcome to be written; a blocked record is in the way of later ones from now on. */
export const noteOutcome = (applied: Applied, outcome: Outcome, record: DecodedRecord, recordedAt: string): void => {
  if (outcome.outcome === 'applied') return
  const full = { ...outcome, record, recordedAt }
  applied.outcomes.set(placeKey(record), full)
  if (isBlocked(full)) applied.blocked.add(full)
}

const isBlocked = (outcome: RecordOutcome): outcome is BlockedRecord =>
  outcome.outcome === 'pending' || outcome.outcome === 'waiting' || outcome.outcome === 'quarantined'

/** What may move now that this record no longer stands in the way; a quarantined one only an operator sets free. */
const nextBehind = (applied: Applied, { event, ...record }: DecodedRecord): BlockedRecord[] =>
  (event !== null && isReportEvent(event)
    ? applied.blocked.missing(`report:${event.subject}`)
    : applied.blocked.naming(namesIn(record))
  ).filter(({ outcome }) => outcome !== 'quarantined')

const sameOutcome = (outcome: Outcome, blocked: BlockedRecord): boolean =>
  outcome.outcome === blocked.outcome &&
  (!('code' in outcome) || (outcome.code ?? null) === (blocked.code ?? null)) &&
  (!('missing' in outcome) || String(outcome.missing ?? '') === String(blocked.missing ?? ''))

const decisionOn = ({ registry, topicNames }: Desk, place: RecordPlace): 'released' | 'dismissed' | undefined => {
  if (registry.decisions.size === 0) return undefined
  const { partition, offset } = place
  return topicNames[place.topic]
    .map((topic) => registry.decisions.get(recordKey({ topic, partition, offset: String(offset) }))?.decision)
    .find((decision) => decision !== undefined)
}
