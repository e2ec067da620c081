import type { EventOwnership } from '../batch/apply-records.js'
import { placeKey, type RecordPlace } from '../records/incoming-record.js'

/**
 * Who owns each event id, while one partition is loaded. What the ledger has applied owns its id, which its table of ids
 * holds to; so only ids that stand among the exceptions of the live generation have to be looked at: those that a record
 * other than their owner carries, and those that nobody owns, since nobody could read them so far.
 */
export class EventOwners implements EventOwnership {
  readonly #found = new Map<string, RecordPlace>()

  /** @param exceptional the owner of each such id, null where there is none */
  constructor(readonly exceptional: ReadonlyMap<string, RecordPlace | null>) {}

  get(eventId: string): RecordPlace | undefined {
    const owner = this.exceptional.get(eventId)
    return owner === null ? this.#found.get(eventId) : owner
  }

  /** The first record that could be read now owns an id that nobody owned. */
  set(eventId: string, { topic, partition, offset }: RecordPlace): void {
    if (this.isUnowned(eventId)) this.#found.set(eventId, { topic, partition, offset })
  }

  isUnowned(eventId: string): boolean {
    return this.exceptional.get(eventId) === null
  }

  /** The owner of a record's id where that is another record: to be compared with. */
  ownerBeside(eventId: string, place: RecordPlace): RecordPlace | undefined {
    const owner = this.get(eventId)
    return owner !== undefined && placeKey(owner) !== placeKey(place) ? owner : undefined
  }
}
