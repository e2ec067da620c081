import type { EventOwnership } from '../batch/apply-records.js'
import { placeKey, type RecordPlace } from '../records/incoming-record.js'

/**
 * Who owns each event id, while one partition is loaded: as the ledger decided where several records carry it, else the
 * first record of the partition. Keeps offsets, not records: there are as many ids as events.
 */
export class EventOwners implements EventOwnership {
  readonly #offsets = new Map<string, number>()

  constructor(
    readonly contested: ReadonlyMap<string, RecordPlace>,
    readonly partition: Omit<RecordPlace, 'offset'>,
  ) {}

  get(eventId: string): RecordPlace | undefined {
    const decided = this.contested.get(eventId)
    if (decided) return decided
    const offset = this.#offsets.get(eventId)
    return offset === undefined ? undefined : { ...this.partition, offset }
  }

  set(eventId: string, { offset }: RecordPlace): void {
    this.#offsets.set(eventId, offset)
  }

  /** The owner of a record's id where that is another record: to be compared with. */
  ownerBeside(eventId: string, place: RecordPlace): RecordPlace | undefined {
    const owner = this.get(eventId)
    return owner !== undefined && placeKey(owner) !== placeKey(place) ? owner : undefined
  }
}
