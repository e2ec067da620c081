import { LedgerError } from '#libs/contracts/error-codes.js'
import type { FollowedRecord } from '../record/followed-record.js'
import type { RecordPlace } from '#libs/kafka/records.js'
import type { TakenIds } from './check-event.js'
import type { IdentifiedWrite } from './prepare-write.js'

/** A write that is on the record. */
export interface Written {
  readonly event: string
  readonly subject: string
  /** Where it stands; null for an event of the registry that was published before, and not by this process. */
  readonly place: RecordPlace | null
}

interface PendingEvent {
  readonly payloadHash: string
  readonly creates: string | undefined
  readonly written: Promise<Written>
}

/** Tells writes that come twice: those under way here, and those that the record knows. */
export class PendingEvents implements TakenIds {
  readonly #record: FollowedRecord
  readonly #byId = new Map<string, PendingEvent>()
  readonly #created = new Map<string, number>()

  constructor(record: FollowedRecord) {
    this.#record = record
  }

  /**
   * What became of an event of this id and payload, if there was one.
   * @throws LedgerError ID_REUSED if its payload was another
   */
  find({ event, payloadHash }: IdentifiedWrite): Promise<Written> | undefined {
    const pending = this.#byId.get(event.id)
    const known = this.#record.recent.find(event.id)
    const hash = pending?.payloadHash ?? known?.payloadHash ?? this.#record.registry.seen.get(event.id)
    if (hash === undefined) return undefined
    if (hash !== payloadHash)
      throw new LedgerError('ID_REUSED', {
        faults: [{ code: 'ID_REUSED', pointer: 'idempotency-key', detail: 'was used for another payload' }],
      })
    return pending?.written ?? Promise.resolve({ event: event.id, subject: event.subject, place: known?.place ?? null })
  }

  /** Remembers a write until it is on the record or has failed. */
  add({ event, payloadHash }: IdentifiedWrite, written: Promise<Written>): void {
    const creates = createdBy(event)
    this.#byId.set(event.id, { payloadHash, creates, written })
    if (creates !== undefined) this.#created.set(creates, (this.#created.get(creates) ?? 0) + 1)
    void written.catch(() => undefined).then(() => this.#remove(event.id, creates))
  }

  has(kind: 'statement' | 'report', id: string): boolean {
    return this.#created.has(`${kind}:${id}`) || this.#record.recent.creatorOf(kind, id) !== undefined
  }

  #remove(eventId: string, creates: string | undefined): void {
    this.#byId.delete(eventId)
    if (creates === undefined) return
    const left = (this.#created.get(creates) ?? 1) - 1
    if (left === 0) this.#created.delete(creates)
    else this.#created.set(creates, left)
  }
}

function createdBy({ type, subject }: IdentifiedWrite['event']): string | undefined {
  if (type === 'ledger.statement.recorded.v1') return `statement:${subject}`
  return type === 'ledger.report.registered.v1' ? `report:${subject}` : undefined
}
