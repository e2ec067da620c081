import { isUtf8 } from 'node:buffer'
import { decodeEvent, payloadHashOf } from '#libs/contracts/cloud-event.js'
import type { ErrorCode } from '#libs/contracts/error-codes.js'
import { isStatementEvent, topicOfType, type LedgerEvent } from '#libs/contracts/events.js'
import { RECORD_BYTES_MAX, type SourceTopicRole } from '#libs/contracts/topics.js'
import { statementsNamedBy } from '#libs/ledger/statement-book.js'
import type { IncomingRecord, RecordPlace } from './incoming-record.js'

/** A record with what could be read of it. `event` and `fault` exclude each other only where nothing could be read. */
export interface DecodedRecord extends RecordPlace {
  readonly coversFrom: number
  readonly timestampMs: number
  readonly key: string | null
  readonly value: string | null
  readonly rawKey: Buffer | null
  readonly rawValue: Buffer | null
  readonly headers: string | null
  readonly event: LedgerEvent | null
  readonly eventId: string | null
  readonly type: string | null
  readonly subject: string | null
  /** Why it must not be applied, as far as the record itself tells. */
  readonly fault: RecordFault | null
  /** Statements that it names: later events of these wait behind it while it is blocked. */
  readonly names: readonly string[]
}

export interface RecordFault {
  readonly code: ErrorCode
  readonly detail: string
  readonly pointer?: string | undefined
}

export type PartitionOf = (topic: SourceTopicRole, key: string) => number

/** Reads a record. Total: what is wrong with it is a fault with a code, never a throw. docs/design.md 5, "Outcomes". */
export const decodeRecord = (record: IncomingRecord, partitionOf: PartitionOf): DecodedRecord => {
  const text = record.value !== null && isUtf8(record.value) ? record.value.toString('utf8') : null
  const read = readEvent(record, text)
  const fault = read.fault ?? (read.event ? misplacement(record, read.event, partitionOf) : null)
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    coversFrom: record.coversFrom ?? record.offset,
    timestampMs: record.timestampMs,
    ...keyColumns(record.key),
    ...valueColumns(record.value, text),
    headers: headersOf(record),
    event: read.event,
    eventId: read.eventId,
    type: read.event?.type ?? null,
    subject: read.subject,
    fault,
    names: namesOf(record, read, fault),
  }
}

/** Whether two events of one id say the same. */
export const samePayload = (a: LedgerEvent, b: LedgerEvent): boolean => payloadHashOf(a) === payloadHashOf(b)

interface ReadEvent {
  readonly event: LedgerEvent | null
  readonly eventId: string | null
  readonly subject: string | null
  readonly fault: RecordFault | null
}

const readEvent = (record: IncomingRecord, text: string | null): ReadEvent => {
  if (record.unreadable !== undefined) return unread('RECORD_UNREADABLE', record.unreadable)
  if (record.value === null) return unread('RECORD_EMPTY', 'the record has no value')
  if (record.value.length > RECORD_BYTES_MAX)
    return unread('RECORD_TOO_LARGE', `${record.value.length} bytes; at most ${RECORD_BYTES_MAX} are read`)
  if (text === null) return unread('JSON_INVALID', 'the value is not UTF-8')
  const decoded = decodeEvent(text)
  if (decoded.ok)
    return { event: decoded.event, eventId: decoded.event.id, subject: decoded.event.subject, fault: null }
  return {
    event: null,
    eventId: storable(decoded.eventId),
    subject: storable(decoded.subject),
    fault: {
      code: decoded.code,
      detail: storable(decoded.detail) ?? '',
      pointer: storable(decoded.pointer) ?? undefined,
    },
  }
}

const unread = (code: ErrorCode, detail: string): ReadEvent => ({
  event: null,
  eventId: null,
  subject: null,
  fault: { code, detail },
})

/** An event that is sound in itself but stands where it does not belong. */
const misplacement = (record: IncomingRecord, event: LedgerEvent, partitionOf: PartitionOf): RecordFault | null => {
  if (topicOfType(event.type) !== record.topic)
    return {
      code: 'TOPIC_WRONG',
      detail: `'${event.type}' does not belong on the ${record.topic} topic`,
      pointer: '/type',
    }
  const home = partitionOf(record.topic, event.partitionkey)
  if (home !== record.partition)
    return { code: 'PARTITION_WRONG', detail: `the key ${event.partitionkey} belongs to partition ${home}` }
  if (record.key?.toString('utf8') !== event.partitionkey)
    return { code: 'EVENT_INVALID', detail: 'partitionkey is not the key of the record', pointer: '/partitionkey' }
  return null
}

/** A record in the wrong place is not part of the order of its statement, so nothing waits behind it. */
const namesOf = (record: IncomingRecord, read: ReadEvent, fault: RecordFault | null): readonly string[] => {
  if (record.topic !== 'statements' || fault?.code === 'TOPIC_WRONG' || fault?.code === 'PARTITION_WRONG') return []
  if (read.event !== null && isStatementEvent(read.event)) return statementsNamedBy(read.event)
  return read.subject === null ? [] : [read.subject]
}

const keyColumns = (key: Buffer | null): { key: string | null; rawKey: Buffer | null } => {
  const text = key !== null && isUtf8(key) ? key.toString('utf8') : null
  return text !== null && !text.includes('\0') ? { key: text, rawKey: null } : { key: null, rawKey: key }
}

const valueColumns = (value: Buffer | null, text: string | null): { value: string | null; rawValue: Buffer | null } =>
  text !== null && !text.includes('\0') ? { value: text, rawValue: null } : { value: null, rawValue: value }

/** Every record of ours carries this header and no other, so it is not worth its bytes in the journal. */
const USUAL_HEADER = 'application/cloudevents+json; charset=utf-8'

const headersOf = ({ headers }: IncomingRecord): string | null => {
  if (headers === undefined) return null
  const names = Object.keys(headers)
  if (names.length === 1 && String(headers['content-type']) === USUAL_HEADER) return null
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, [headers[name]].flat().flatMap(headerValue)])))
}

/** A header may have no value; and of one that is called as a member of every object (`constructor`) kafkajs gives that, too. */
const headerValue = (value: unknown): (string | null)[] => {
  if (value === null) return [null]
  return typeof value === 'string' || Buffer.isBuffer(value) ? [Buffer.from(value).toString('base64')] : []
}

/** Text from outside as Postgres can hold it: the characters that it or our parameters cannot carry are replaced. */
const storable = (text: string | undefined): string | null =>
  text === undefined ? null : text.toWellFormed().replace(/[\u0000\u001e\u001f]/g, '\ufffd')
