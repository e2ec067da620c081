import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { z } from 'zod'
import type { ErrorCode } from './error-codes.js'
import { EVENT_SCHEMAS, isEventType, partitionKeyOf, topicOfType } from './events.js'
import type { EventOf, EventType, LedgerEvent } from './events.js'
import { entityId, instant, text } from './primitives.js'
import { parseStrictJson } from './strict-json.js'
import { upcast } from './upcasts.js'
import { faultsOf } from './zod-faults.js'

/** Structured-mode CloudEvents 1.0 as they stand on the topics: one JSON object, content type `application/cloudevents+json`. */
export const CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8'

/** Extension attributes that are not ours are let through, as CloudEvents asks; they are kept in the journal and read by nobody. */
const Envelope = z.looseObject({
  specversion: z.literal('1.0'),
  id: text(200),
  source: text(500),
  type: text(200),
  subject: entityId,
  time: instant,
  datacontenttype: z.literal('application/json'),
  dataschema: text(500),
  partitionkey: text(200),
  recordedby: text(100),
  traceparent: text(100).optional(),
  data: z.unknown(),
})

export type DecodedEvent =
  | { ok: true; event: LedgerEvent; readonly payloadHash: string }
  | { ok: false; code: ErrorCode; detail: string; pointer?: string; eventId?: string; subject?: string }

/**
 * Reads the value of a record. Total: what is wrong is a code of the catalogue, never a throw.
 * @param value the record's value as UTF-8 text
 */
export function decodeEvent(value: string): DecodedEvent {
  const json = parseStrictJson(value)
  if (!json.ok) return json
  const envelope = Envelope.safeParse(json.value)
  if (!envelope.success)
    return { ok: false, code: 'EVENT_INVALID', ...firstFault(envelope.error, ''), ...identityOf(json.value) }
  const current = upcast({ ...envelope.data, data: envelope.data.data })
  const type = current.type
  if (!isEventType(type))
    return {
      ok: false,
      code: 'EVENT_TYPE_UNKNOWN',
      detail: `'${type}' is not a type that this ledger reads`,
      pointer: '/type',
      ...identityOf(json.value),
    }
  const data = EVENT_SCHEMAS[type].safeParse(current.data)
  if (!data.success)
    return { ok: false, code: 'EVENT_INVALID', ...firstFault(data.error, '/data'), ...identityOf(json.value) }
  const event = { ...current, data: data.data } as unknown as LedgerEvent
  if (event.partitionkey !== partitionKeyOf(type, event.subject, event.data))
    return {
      ok: false,
      code: 'EVENT_INVALID',
      detail: 'partitionkey is not the key of this event',
      pointer: '/partitionkey',
      ...identityOf(json.value),
    }
  return {
    ok: true,
    event,
    // canonical JSON costs more than all of the above, and only a repeated id needs it
    get payloadHash() {
      return payloadHashOf(event)
    },
  }
}

function firstFault(error: z.ZodError, prefix: string): { detail: string; pointer?: string } {
  const fault = faultsOf(error, prefix)[0]
  return fault
    ? { detail: `${fault.code}: ${fault.detail}`, ...(fault.pointer === undefined ? {} : { pointer: fault.pointer }) }
    : { detail: 'invalid' }
}

/** Id and subject of something that may be no event at all, so that later events of the same statement can wait behind it. */
function identityOf(value: unknown): { eventId?: string; subject?: string } {
  const parsed = Identity.safeParse(value)
  if (!parsed.success) return {}
  const { id, subject } = parsed.data
  return { ...(id === undefined ? {} : { eventId: id }), ...(subject === undefined ? {} : { subject }) }
}

const named = z.string().min(1).max(200).optional().catch(undefined)
const Identity = z.looseObject({ id: named, subject: named })

/** SHA-256 of the canonical JSON (RFC 8785) of type, subject and data, in hex: what makes two events with one id the same. */
export function payloadHashOf(event: { type: string; subject: string; data: unknown }): string {
  const canonical = canonicalize({ type: event.type, subject: event.subject, data: event.data })
  return createHash('sha256')
    .update(canonical ?? '')
    .digest('hex')
}

/** Writes an event as it goes on its topic. */
export function encodeEvent(event: LedgerEvent): string {
  return JSON.stringify(event)
}

/** Builds an event of ours. @throws never; `data` must already have passed the type's schema. */
export function createEvent<T extends EventType>(fields: {
  type: T
  id: string
  subject: string
  data: EventOf<T>['data']
  recordedBy: string
  time: Date
  source: string
  traceparent?: string
}): EventOf<T> {
  return {
    specversion: '1.0',
    id: fields.id,
    source: fields.source,
    type: fields.type,
    subject: fields.subject,
    time: fields.time.toISOString(),
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(fields.type),
    partitionkey: partitionKeyOf(fields.type, fields.subject, fields.data),
    recordedby: fields.recordedBy,
    ...(fields.traceparent === undefined ? {} : { traceparent: fields.traceparent }),
    data: fields.data,
  }
}

/** Name of the JSON Schema of an event type. A URN: it names, it does not locate. */
export const dataSchemaOf = (type: EventType): string => `urn:statement-ledger:schema:${type}`
export const topicRoleOf = (event: LedgerEvent) => topicOfType(event.type)
