import type { Readable } from 'node:stream'
import copyStreams from 'pg-copy-streams'
import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { Client } from '#libs/postgres/database.js'
import type { IncomingRecord } from '../records/incoming-record.js'

export interface JournalRange {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly from: number
  /** First offset that is not read. */
  readonly until: number
}

/**
 * Records of one partition from the journal, in the order of their offsets, some hundred at a time. Read by a binary COPY:
 * the driver's rows cost as much as all that is then done with a record.
 */
export async function* readJournalRange(client: Client, range: JournalRange): AsyncGenerator<IncomingRecord[]> {
  if (range.until <= range.from) return
  const stream = client.query(copyStreams.to(copyOf(range))) as Readable
  let rest: Buffer = EMPTY
  let isFirst = true
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (isFirst) {
      if (bytes.length < HEADER_BYTES) {
        rest = bytes
        continue
      }
      bytes = bytes.subarray(HEADER_BYTES)
      isFirst = false
    }
    const { records, end } = parseTuples(bytes, range)
    rest = bytes.subarray(end)
    if (records.length > 0) yield records
  }
}

const EMPTY = Buffer.alloc(0)
/** Signature, flags, and an extension of no bytes. */
const HEADER_BYTES = 19

const copyOf = ({ topic, partition, from, until }: JournalRange): string => `
  copy (
    select record_offset,
           recorded_at,
           record_key,
           raw_key,
           record_value,
           raw_value
      from ledger.journal
     where topic = '${topic}'
       and partition = ${partition}
       and record_offset >= ${from}
       and record_offset < ${until}
     order by record_offset
  ) to stdout (format binary)`

/** Whole tuples from the front of the bytes. @returns where the first incomplete one begins */
const parseTuples = (bytes: Buffer, range: JournalRange): { records: IncomingRecord[]; end: number } => {
  const records: IncomingRecord[] = []
  let end = 0
  for (;;) {
    const tuple = parseTuple(bytes, end, range)
    if (tuple === null) return { records, end }
    records.push(tuple.record)
    end = tuple.end
  }
}

const COLUMNS = 6
/** Of the column count, of each length, and of the two columns that are always there. */
const FIXED_BYTES = 2 + COLUMNS * 4 + 16

const parseTuple = (
  bytes: Buffer,
  start: number,
  { topic, partition }: JournalRange,
): { record: IncomingRecord; end: number } | null => {
  if (bytes.length < start + FIXED_BYTES || bytes.readInt16BE(start) === -1) return null
  const offset = readInt64(bytes, start + 6)
  const timestampMs = millisecondsOf(bytes, start + 18)
  const fields: (Buffer | null)[] = []
  let at = start + 26
  for (let column = 2; column < COLUMNS; column++) {
    if (bytes.length < at + 4) return null
    const length = bytes.readInt32BE(at)
    at += 4
    if (length === -1) {
      fields.push(null)
      continue
    }
    if (bytes.length < at + length) return null
    fields.push(bytes.subarray(at, at + length))
    at += length
  }
  const [keyText, rawKey, valueText, rawValue] = fields
  const key = keyText ?? rawKey ?? null
  return { record: { topic, partition, offset, timestampMs, key, value: valueText ?? rawValue ?? null }, end: at }
}

const readInt64 = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)

/** Postgres counts microseconds from the year 2000. */
const EPOCH_2000_MS = Date.UTC(2000, 0, 1)
const millisecondsOf = (bytes: Buffer, at: number): number => Math.floor(readInt64(bytes, at) / 1_000) + EPOCH_2000_MS
