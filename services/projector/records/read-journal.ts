import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { Client } from '#libs/postgres/database.js'
import { queryInParts } from '#libs/postgres/statement-parts.js'
import { textColumn } from '#libs/postgres/text-columns.js'
import { decodeRecord, type DecodedRecord, type PartitionOf } from './decode-record.js'
import type { RecordPlace } from './incoming-record.js'
import { FIND_OWNERS, READ_JOURNAL, READ_REGISTRY_RECORDS } from './journal.sql.js'

/** A record of the journal, read again, with the instant that it was given when it was first read. */
export interface JournalRecord {
  readonly record: DecodedRecord
  readonly recordedAt: string
}

/** Records by place; those that are not in the journal are left out. Order is not kept. */
export const readJournal = async (
  client: Client,
  places: readonly RecordPlace[],
  partitionOf: PartitionOf,
): Promise<JournalRecord[]> => {
  const rows = await queryInParts(client, places, (part) => client.query<JournalRow>(READ_JOURNAL, placeColumns(part)))
  return rows.map((row) => journalRecordOf(row, partitionOf))
}

/** Records of the registry topic from an offset on, in order, at most `limit` of them. */
export const readRegistryRecords = async (
  client: Client,
  range: { readonly from: number; readonly until: number; readonly limit: number },
  partitionOf: PartitionOf,
): Promise<JournalRecord[]> => {
  const { rows } = await client.query<JournalRow>(READ_REGISTRY_RECORDS, [range.from, range.until, range.limit])
  return rows.map((row) => journalRecordOf(row, partitionOf))
}

/** Which record owns each event id, as far as any does. */
export const findOwners = async (client: Client, eventIds: readonly string[]): Promise<Map<string, RecordPlace>> => {
  const rows = await queryInParts(client, eventIds, (part) =>
    client.query<RecordPlace & { eventId: string }>({
      name: 'find-owners',
      text: FIND_OWNERS,
      values: [textColumn(part)],
    }),
  )
  return new Map(rows.map(({ eventId, topic, partition, offset }) => [eventId, { topic, partition, offset }]))
}

/** Three text columns: topics, partitions, offsets. */
export const placeColumns = (places: readonly RecordPlace[]): string[] => [
  textColumn(places.map(({ topic }) => topic)),
  textColumn(places.map(({ partition }) => partition)),
  textColumn(places.map(({ offset }) => offset)),
]

interface JournalRow {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly offset: number
  readonly recordedAt: Date
  readonly key: string | null
  readonly value: string | null
  readonly rawKey: Buffer | null
  readonly rawValue: Buffer | null
}

const journalRecordOf = (row: JournalRow, partitionOf: PartitionOf): JournalRecord => ({
  record: decodeRecord(
    {
      topic: row.topic,
      partition: row.partition,
      offset: row.offset,
      timestampMs: row.recordedAt.getTime(),
      key: row.rawKey ?? bytesOf(row.key),
      value: row.rawValue ?? bytesOf(row.value),
    },
    partitionOf,
  ),
  recordedAt: row.recordedAt.toISOString(),
})

const bytesOf = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text, 'utf8'))
