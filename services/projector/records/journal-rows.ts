import { COPY_NULL, copyBytes, copyText, type CopyRows } from '#libs/postgres/copy-buffer.js'
import type { DecodedRecord } from './decode-record.js'

export const JOURNAL_TARGET =
  'ledger.journal (topic, partition, record_offset, recorded_at, record_key, record_value, raw_key, raw_value, record_headers)'

/** The faithful copy of a record. @param recordedAt ISO instant */
export const addJournalRow = (rows: CopyRows, record: DecodedRecord, recordedAt: string): void => {
  const { topic, partition, offset, key, value, rawKey, rawValue, headers } = record
  const raw = rawKey === null && rawValue === null ? NO_BYTES : `${copyBytes(rawKey)}\t${copyBytes(rawValue)}`
  rows.add(
    `${topic}\t${partition}\t${offset}\t${recordedAt}\t${copyText(key)}\t${copyText(value)}\t${raw}\t${copyText(headers)}`,
  )
}

const NO_BYTES = `${COPY_NULL}\t${COPY_NULL}`

export const IDENTITY_TARGET = 'ledger.event_identity (event_id, topic, partition, record_offset)'

export const addIdentityRow = (rows: CopyRows, record: DecodedRecord, eventId: string): void =>
  rows.add(`${copyText(eventId)}\t${record.topic}\t${record.partition}\t${record.offset}`)
