import { ascending } from '#libs/ledger/claim-order.js'
import type { Client } from '#libs/postgres/database.js'
import { fitsTextColumn, textColumn } from '#libs/postgres/text-columns.js'
import type { DecodedRecord, PartitionOf } from '../records/decode-record.js'
import { partitionKey, placeKey, type RecordPlace } from '../records/incoming-record.js'
import { placeColumns, readJournal } from '../records/read-journal.js'
import type { RecordOutcome } from './outcome-rows.js'
import { ANY_BLOCKED, FIND_BLOCKED } from './outcomes.sql.js'

/** A record that is pending, waiting or quarantined: what it names stays blocked until something becomes of it. */
export interface BlockedRecord extends RecordOutcome {
  readonly outcome: 'pending' | 'waiting' | 'quarantined'
}

/** What to look for among the blocked records. */
export interface BlockedQuery {
  readonly names: Iterable<string>
  readonly arrivals: Iterable<string>
  readonly places: readonly RecordPlace[]
}

/** The blocked records that have to do with the query, and all that these connect to, read again from the journal. */
export const loadBlocked = async (
  client: Client,
  query: BlockedQuery,
  partitionOf: PartitionOf,
): Promise<BlockedRecord[]> => {
  const { rows: any } = await client.query<{ any: boolean }>({ name: 'any-blocked', text: ANY_BLOCKED })
  if (any[0]?.any !== true) return []
  const { rows } = await client.query<BlockedRow>({
    name: 'find-blocked',
    text: FIND_BLOCKED,
    values: [storableColumn(query.names), storableColumn(query.arrivals), ...placeColumns(query.places)],
  })
  const byPlace = new Map(rows.map((row) => [placeKey(row), row]))
  const records = await readJournal(client, rows, partitionOf)
  return records.flatMap(({ record, recordedAt }) => {
    const row = byPlace.get(placeKey(record))
    return row ? [{ ...row, record, recordedAt }] : []
  })
}

/** The blocked records of a batch, found by what they name, in no order: who needs that of the log has `compareInLog`. */
export class BlockedRecords {
  readonly #byPlace = new Map<string, BlockedRecord>()
  readonly #byName = new Map<string, Set<string>>()

  add(blocked: BlockedRecord): void {
    const place = placeKey(blocked.record)
    this.#byPlace.set(place, blocked)
    for (const name of namesIn(blocked.record)) {
      const places = this.#byName.get(name)
      if (places) places.add(place)
      else this.#byName.set(name, new Set([place]))
    }
  }

  remove(record: DecodedRecord): void {
    const place = placeKey(record)
    this.#byPlace.delete(place)
    for (const name of namesIn(record)) this.#byName.get(name)?.delete(place)
  }

  get(place: RecordPlace): BlockedRecord | undefined {
    return this.#byPlace.get(placeKey(place))
  }

  get isEmpty(): boolean {
    return this.#byPlace.size === 0
  }

  all(): BlockedRecord[] {
    return [...this.#byPlace.values()]
  }

  /** Records that wait for an arrival: `actor:irn`, `report:r1`. */
  missing(arrival: string): BlockedRecord[] {
    return this.all().filter(({ missing }) => missing?.includes(arrival))
  }

  /** Blocked records that name any of the statements that this one names, in the same partition and before it. */
  ahead(record: DecodedRecord): BlockedRecord[] {
    if (this.#byPlace.size === 0) return []
    return this.naming(namesIn(record)).filter((other) => other.record.offset < record.offset)
  }

  /** @param names as given by `namesIn` */
  naming(names: readonly string[]): BlockedRecord[] {
    const places = new Set(names.flatMap((name) => [...(this.#byName.get(name) ?? [])]))
    return [...places].flatMap((place) => this.#byPlace.get(place) ?? [])
  }
}

/** What a record names, within its partition: events in another partition are no part of this order. */
export const namesIn = (record: Pick<DecodedRecord, 'topic' | 'partition' | 'names'>): string[] => {
  const partition = partitionKey(record)
  return record.names.map((name) => `${partition} ${name}`)
}

/** That of the log, partition by partition. */
export const compareInLog = ({ record: a }: BlockedRecord, { record: b }: BlockedRecord): number =>
  a.partition - b.partition || a.offset - b.offset || ascending(a.topic, b.topic)

interface BlockedRow extends RecordPlace {
  readonly outcome: BlockedRecord['outcome']
  readonly code: string | null
  readonly detail: string | null
  readonly pointer: string | null
  readonly missing: string[] | null
}

const storableColumn = (values: Iterable<string>): string => textColumn([...values].filter(fitsTextColumn))
