import { createEvent, encodeEvent, payloadHashOf } from '#libs/contracts/cloud-event.js'
import type { Fault } from '#libs/contracts/error-codes.js'
import { EVENT_SCHEMAS, type EventType, type LedgerEvent } from '#libs/contracts/events.js'
import { RECORD_BYTES_MAX } from '#libs/contracts/topics.js'
import { faultsOf } from '#libs/contracts/zod-faults.js'
import type { Caller } from '#libs/http/api-keys.js'
import { errorOfFaults } from '#libs/http/problems.js'
import type { Registry } from '#libs/ledger/registry.js'
import { withActorIds } from './actor-names.js'
import { eventFaults, type TakenIds } from './check-event.js'
import { derivedEventId, newEventId } from './event-identity.js'

/** A write as it was asked for; the shape of `data` has been checked. */
export interface Write {
  readonly type: EventType
  /** Of the entity that it amends, or that the caller chose for a new one; absent: the id of the event. */
  readonly subject?: string | undefined
  readonly data: object
  readonly caller: Caller
  readonly identity: { readonly route: string; readonly key?: string | undefined; readonly line?: number | undefined }
  readonly traceparent?: string | undefined
  /** Where the caller's rule for the id is another than the usual one. */
  readonly eventId?: string
}

/** A write that has its id, before it was checked: enough to tell whether it came before. */
export interface IdentifiedWrite {
  readonly event: LedgerEvent
  readonly payloadHash: string
}

const SOURCE = 'urn:statement-ledger:intake'

/**
 * Gives a write its event. The same request with the same Idempotency-Key gives the same id and payload.
 * @throws LedgerError ACTOR_UNKNOWN for a name that leads to no actor
 */
export function identify(write: Write, registry: Registry, now: Date): IdentifiedWrite {
  const { type } = write
  const data = dataOf(type, withActorIds(type, write.data, registry))
  const { route, key, line } = write.identity
  const { account } = write.caller
  const dossier = 'dossier' in data && typeof data.dossier === 'string' ? data.dossier : ''
  const id =
    write.eventId ?? (key === undefined ? newEventId() : derivedEventId({ account, route, dossier, key, line }))
  const event = createEvent({
    type,
    id,
    subject: write.subject ?? id,
    data: data,
    recordedBy: account,
    time: now,
    source: SOURCE,
    ...(write.traceparent === undefined ? {} : { traceparent: write.traceparent }),
  }) as LedgerEvent
  return { event, payloadHash: payloadHashOf(event) }
}

/** The data of the event, which has ids where the request may have names: a name that is left is no actor's. */
function dataOf(type: EventType, data: object): object {
  const parsed = EVENT_SCHEMAS[type].safeParse(data)
  if (parsed.success) return parsed.data
  const faults = faultsOf(parsed.error).map(({ pointer }): Fault => ({
    code: 'ACTOR_UNKNOWN',
    ...(pointer !== undefined && { pointer }),
    detail: 'is no id, name or alias of a registered actor',
  }))
  throw errorOfFaults(faults)
}

/**
 * Checks an identified write and writes it out.
 * @returns the record's value
 * @throws LedgerError with every fault that was found, BODY_TOO_LARGE included
 */
export function checkAndEncode({ event }: IdentifiedWrite, registry: Registry, taken: TakenIds): string {
  const faults = eventFaults(event, registry, taken)
  if (faults.length > 0) throw errorOfFaults(faults)
  const value = encodeEvent(event)
  const bytes = Buffer.byteLength(value)
  if (bytes > RECORD_BYTES_MAX)
    throw errorOfFaults([
      {
        code: 'BODY_TOO_LARGE',
        pointer: '',
        detail: `would be ${bytes} bytes as an event; at most ${RECORD_BYTES_MAX} are taken`,
      },
    ])
  return value
}
