import { LRUCache } from 'lru-cache'
import { payloadHashOf } from '#libs/contracts/cloud-event.js'
import type { LedgerEvent } from '#libs/contracts/events.js'
import { partitionKey, type RecordPlace } from '#libs/kafka/records.js'

/** An event that is known to be on the record. */
export interface KnownEvent {
  readonly id: string
  readonly subject: string
  readonly payloadHash: string
  readonly place: RecordPlace
}

/** About 10 MB at this size. */
const EVENTS_MAX = 20_000

/**
 * The last events of the statements and reports topics, ours and those of other intakes: enough to tell a repeated
 * request from a reused id, and to refuse a statement that is recorded already. What is older, the projector tells.
 */
export class RecentEvents {
  readonly #byId = new LRUCache<string, KnownEvent>({ max: EVENTS_MAX })
  readonly #creators = new LRUCache<string, string>({ max: EVENTS_MAX })
  /** Places of events that were remembered when they were published, and will be seen once more on the topic. */
  readonly #published = new LRUCache<string, true>({ max: EVENTS_MAX })

  /** What is known of an event id. */
  find(eventId: string): KnownEvent | undefined {
    return this.#byId.get(eventId)
  }

  /** Id of the event that recorded a statement or registered a report, where it is known. */
  creatorOf(kind: 'statement' | 'report', id: string): string | undefined {
    return this.#creators.get(`${kind}:${id}`)
  }

  /** Remembers an event that was just published. */
  published(event: LedgerEvent, payloadHash: string, place: RecordPlace): void {
    this.#remember(event, payloadHash, place)
    this.#published.set(placeKey(place), true)
  }

  /** Whether the record at a place is one of `published`: it need not be decoded. Asked once a record. */
  isOwn(place: RecordPlace): boolean {
    return this.#published.delete(placeKey(place))
  }

  /** Remembers an event that was read from a topic. */
  seen(event: LedgerEvent, place: RecordPlace): void {
    // the first one with an id counts, as it does for the projector
    if (!this.#byId.has(event.id)) this.#remember(event, payloadHashOf(event), place)
  }

  #remember(event: LedgerEvent, payloadHash: string, place: RecordPlace): void {
    this.#byId.set(event.id, { id: event.id, subject: event.subject, payloadHash, place })
    switch (event.type) {
      case 'ledger.statement.recorded.v1':
        this.#creators.set(`statement:${event.subject}`, event.id)
        break
      case 'ledger.report.registered.v1':
        this.#creators.set(`report:${event.subject}`, event.id)
        break
      // what was voided should never have been recorded: its id may be recorded anew
      case 'ledger.statement.voided.v1':
        this.#creators.delete(`statement:${event.subject}`)
        break
      default:
    }
  }
}

const placeKey = ({ topicRole, partition, offset }: RecordPlace): string =>
  `${partitionKey(topicRole, partition)}/${offset}`
