import { isRegistryEvent } from '#libs/contracts/events.js'
import { payloadHashOf } from '#libs/contracts/cloud-event.js'
import { emptyRegistry, type Registry } from '#libs/ledger/registry.js'
import { evolveRegistry, unionOf, type RegistryOutcome, type Touched } from '#libs/ledger/registry-evolve.js'
import type { Client } from '#libs/postgres/database.js'
import type { DecodedRecord, PartitionOf, RecordFault } from '../records/decode-record.js'
import { readRegistryRecords } from '../records/read-journal.js'

export type RegistryRecordOutcome = RegistryOutcome | ({ readonly outcome: 'quarantined' } & RecordFault)

/** A record whose event is not applied yet. */
export interface HeldRecord {
  readonly record: DecodedRecord
  readonly recordedAt: string
}

/**
 * The registry as this process has folded it, and how far. It depends on the registry topic alone, so whoever is behind
 * another projector catches up from the journal; after a rollback it is thrown away and folded anew.
 */
export class RegistryBook {
  #registry = emptyRegistry()
  #nextOffset = 0
  #held = new Map<string, HeldRecord>()

  get registry(): Registry {
    return this.#registry
  }

  get nextOffset(): number {
    return this.#nextOffset
  }

  /** The record of an event that was pending, to say what became of it. */
  held(eventId: string): HeldRecord | undefined {
    return this.#held.get(eventId)
  }

  /** Applies the next record of the topic. */
  advance(record: DecodedRecord, recordedAt: string): RegistryRecordOutcome {
    this.#nextOffset = record.offset + 1
    const { event, fault } = record
    if (fault !== null) return { outcome: 'quarantined', ...fault }
    if (event === null || !isRegistryEvent(event))
      throw new Error('a registry record without fault has a registry event')
    const outcome = evolveRegistry(this.#registry, event, recordedAt, payloadHashOf(event))
    if (outcome.outcome === 'pending') this.#held.set(event.id, { record, recordedAt })
    return outcome
  }

  /** Reads from the journal what other projectors have applied. @returns what that touched, or whether all of it is new */
  async catchUp(client: Client, checkpoint: number, partitionOf: PartitionOf): Promise<Touched | 'everything'> {
    if (checkpoint < this.#nextOffset) this.reset()
    const anew = this.#nextOffset === 0
    const touched: Touched[] = []
    while (this.#nextOffset < checkpoint) {
      const range = { from: this.#nextOffset, until: checkpoint, limit: CATCH_UP_RECORDS }
      const records = await readRegistryRecords(client, range, partitionOf)
      if (records.length === 0) throw new Error(`the journal lacks registry records from offset ${this.#nextOffset} on`)
      for (const { record, recordedAt } of records) {
        const outcome = this.advance(record, recordedAt)
        if (!anew && outcome.outcome === 'applied') touched.push(outcome.touched)
      }
    }
    return anew ? 'everything' : unionOf(touched)
  }

  /** Forgets everything: what was folded may have been rolled back. */
  reset(): void {
    this.#registry = emptyRegistry()
    this.#nextOffset = 0
    this.#held = new Map()
  }
}

/** Records a query; a registry has thousands, and each query holds its rows in memory. */
const CATCH_UP_RECORDS = 10_000
