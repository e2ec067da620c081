import type { KafkaMessage } from 'kafkajs'
import { copyText } from '#libs/postgres/copy-buffer.js'

/** How a payload is stored: as it came, or parsed by Postgres into its binary form. */
export type PayloadType = 'text' | 'jsonb'

/** A journal as anyone would lay it out: address, time, key, payload, and the address as its key. */
export const createJournal = (payload: PayloadType): string => `
  create table journal (
    topic text not null,
    partition int not null,
    record_offset bigint not null,
    recorded_at timestamptz not null,
    record_key text not null,
    record_value ${payload} not null,
    primary key (topic, partition, record_offset)
  )`

export const JOURNAL_COLUMNS = 'journal (topic, partition, record_offset, recorded_at, record_key, record_value)'

/** One line of COPY. */
export const journalLine = (partition: number, { offset, timestamp, key }: KafkaMessage, value: string): string =>
  `statements\t${partition}\t${offset}\t${instantOf(timestamp)}\t${String(key)}\t${copyText(value)}`

/** Neighbours share their millisecond; formatting a date is the dearest part of a line. */
export function instantOf(milliseconds: string): string {
  if (milliseconds !== lastInstant.milliseconds)
    lastInstant = { milliseconds, text: new Date(Number(milliseconds)).toISOString() }
  return lastInstant.text
}
let lastInstant = { milliseconds: '', text: '' }
