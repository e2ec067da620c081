import type { LedgerEvent } from '#libs/contracts/events.js'
import type { Registry } from '#libs/ledger/registry.js'
import type { Client } from '#libs/postgres/database.js'
import { Applied, applyRecord, type Desk } from '../batch/apply-records.js'
import { topicNamesWith } from '../batch/batch-work.js'
import { decodeRecord, samePayload, type DecodedRecord, type PartitionOf } from '../records/decode-record.js'
import { placeKey, type IncomingRecord, type RecordPlace } from '../records/incoming-record.js'
import { readJournal, type JournalRecord } from '../records/read-journal.js'
import { ReportShelf } from '../reports/report-shelf.js'
import { StatementShelf } from '../statements/statement-shelf.js'
import { EventOwners } from './event-owners.js'

/** A record in a partition where it does not belong, which an operator has released: it is applied where it belongs. */
export interface ReleasedStranger extends JournalRecord {
  /** Instant of the decision: when the live generation applied it. */
  readonly decidedAt: string
}

/** What applying the records of one partition depends on beside them. */
export interface PartitionSurroundings {
  readonly registry: Registry
  readonly partitionOf: PartitionOf
  readonly topicPrefix: string
  /** Event ids of records that do not own them, and who does, if any. */
  readonly exceptional: ReadonlyMap<string, RecordPlace | null>
  /** Why records of the journal could not be read, by `placeKey`. */
  readonly unreadable: ReadonlyMap<string, string>
  readonly strangers: readonly ReleasedStranger[]
  /** How many statements are kept as objects; the others are frozen. */
  readonly warmStatementsMax: number
}

/** All that one partition came to, in memory, with nothing folded yet. */
export interface LoadedPartition {
  readonly desk: Desk
  readonly applied: Applied
  readonly statements: StatementShelf
  readonly reports: ReportShelf
  /** Records that own an id which nobody owned before. */
  readonly newOwners: readonly DecodedRecord[]
  readonly recordCount: number
  /** Of the last record. */
  readonly recordedAt: string
}

/**
 * Applies the records of one partition in their order, with the registry as it is at the end: what an incremental
 * projector comes to does not depend on when the registry's events came (libs/ledger/statement-book.ts).
 * @param client for what is rarely needed: the first record of an id that comes again
 */
export const applyPartition = async (
  client: Client,
  part: Omit<RecordPlace, 'offset'>,
  records: AsyncIterable<readonly IncomingRecord[]>,
  surroundings: PartitionSurroundings,
  onApplied: (count: number) => void,
): Promise<LoadedPartition> => {
  const loading = new PartitionLoading(client, part, surroundings)
  await loading.prepare()
  let unsaid = 0
  for await (const chunk of records) {
    for (const record of chunk) await loading.take(record)
    loading.tidy()
    unsaid += chunk.length
    if (unsaid < RECORDS_BETWEEN_WORDS) continue
    onApplied(unsaid)
    unsaid = 0
  }
  onApplied(unsaid)
  return loading.end()
}

const RECORDS_BETWEEN_WORDS = 1_000

class PartitionLoading {
  readonly #applied = new Applied()
  readonly #statements = new StatementShelf()
  readonly #reports = new ReportShelf()
  readonly #ownerEvents = new Map<string, LedgerEvent>()
  readonly #owners: EventOwners
  readonly #desk: Desk
  /** Those that belong here, the first decided on first. */
  readonly #strangers: ReleasedStranger[]
  readonly #strangerPlaces: ReadonlySet<string>
  readonly #newOwners: DecodedRecord[] = []
  #recordCount = 0
  #recordedAtMs = 0
  #recordedAt = ''

  constructor(
    readonly client: Client,
    part: Omit<RecordPlace, 'offset'>,
    readonly surroundings: PartitionSurroundings,
  ) {
    const { registry, exceptional, topicPrefix, strangers, partitionOf } = surroundings
    this.#owners = new EventOwners(exceptional)
    this.#desk = {
      registry,
      statements: this.#statements,
      reports: this.#reports,
      owners: this.#owners,
      ownerEvents: this.#ownerEvents,
      samePayload,
      topicNames: topicNamesWith(topicPrefix),
    }
    this.#strangerPlaces = new Set(strangers.map(({ record }) => placeKey(record)))
    this.#strangers = strangers
      .filter(({ record: { topic, event } }) => isHome(part, topic, event, partitionOf))
      .sort((a, b) => (a.decidedAt < b.decidedAt ? -1 : 1))
  }

  async prepare(): Promise<void> {
    await this.#loadOwners([...this.surroundings.exceptional.values()].filter((owner) => owner !== null))
  }

  async take(incoming: IncomingRecord): Promise<void> {
    const { partitionOf, unreadable } = this.surroundings
    const why = unreadable.size === 0 ? undefined : unreadable.get(placeKey(incoming))
    const record = decodeRecord(why === undefined ? incoming : { ...incoming, unreadable: why }, partitionOf)
    this.#recordCount++
    this.#advanceClock(incoming.timestampMs)
    if (this.#strangers.length > 0) await this.#applyStrangersUntil(this.#recordedAt)
    if (this.#strangerPlaces.size > 0 && this.#strangerPlaces.has(placeKey(record))) return
    await this.#apply(record, this.#recordedAt)
  }

  /** Lets go of what is not needed as it is. */
  tidy(): void {
    this.#sortIdentities()
    this.#statements.freezeBeyond(this.surroundings.warmStatementsMax)
  }

  /** Nearly every record owns its id, as the ledger knows; those that do so only now are kept, to be written. */
  #sortIdentities(): void {
    for (const record of this.#applied.identities)
      if (record.eventId !== null && this.#owners.isUnowned(record.eventId)) this.#newOwners.push(record)
    this.#applied.identities.length = 0
  }

  async end(): Promise<LoadedPartition> {
    await this.#applyStrangersUntil(null)
    this.#sortIdentities()
    return {
      desk: this.#desk,
      applied: this.#applied,
      statements: this.#statements,
      reports: this.#reports,
      newOwners: this.#newOwners,
      recordCount: this.#recordCount,
      recordedAt: this.#recordedAt,
    }
  }

  async #apply(record: DecodedRecord, recordedAt: string): Promise<void> {
    const { event } = record
    const owner = event === null ? undefined : this.#owners.ownerBeside(event.id, record)
    if (owner && !this.#ownerEvents.has(placeKey(owner))) await this.#loadOwners([owner])
    applyRecord(this.#desk, this.#applied, record, recordedAt)
  }

  async #loadOwners(places: readonly RecordPlace[]): Promise<void> {
    const owners = await readJournal(this.client, places, this.surroundings.partitionOf)
    for (const { record } of owners) if (record.event) this.#ownerEvents.set(placeKey(record), record.event)
  }

  async #applyStrangersUntil(recordedAt: string | null): Promise<void> {
    for (let next = this.#strangers[0]; next; next = this.#strangers[0]) {
      if (recordedAt !== null && next.decidedAt > recordedAt) return
      this.#strangers.shift()
      await this.#apply(next.record, next.recordedAt)
    }
  }

  /** The instant of a record never goes back within a partition. */
  #advanceClock(timestampMs: number): void {
    if (timestampMs <= this.#recordedAtMs) return
    this.#recordedAtMs = timestampMs
    this.#recordedAt = new Date(timestampMs).toISOString()
  }
}

const isHome = (
  part: Omit<RecordPlace, 'offset'>,
  topic: RecordPlace['topic'],
  event: LedgerEvent | null,
  partitionOf: PartitionOf,
): boolean => event !== null && topic === part.topic && partitionOf(topic, event.partitionkey) === part.partition
