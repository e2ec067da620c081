import { createHash } from 'node:crypto'
import type { Client } from '#libs/postgres/database.js'
import type { IncomingRecord } from '../records/incoming-record.js'
import { ReplayError } from './replay-state.js'

/**
 * Compares neighbouring records of one partition, as Kafka has them, with the journal: by one hash for all, which Postgres
 * computes over its rows, so that they need not be read back.
 * @throws ReplayError that names the first record that differs
 */
export const compareWithJournal = async (client: Client, records: readonly IncomingRecord[]): Promise<void> => {
  const first = records[0]
  const last = records.at(-1)
  if (!first || !last) return
  const place = [first.topic, first.partition, first.offset, last.offset + 1]
  const { rows } = await client.query<{ hash: string | null }>({
    name: 'hash-journal',
    text: HASH_JOURNAL,
    values: place,
  })
  if (rows[0]?.hash === hashOf(records)) return
  for (const record of records) {
    const one = await client.query<{ hash: string | null }>(HASH_JOURNAL, [
      record.topic,
      record.partition,
      record.offset,
      record.offset + 1,
    ])
    if (one.rows[0]?.hash !== hashOf([record])) throw differs(record, (one.rows[0]?.hash ?? null) === null)
  }
  throw new ReplayError(
    `The journal has records between the offsets ${first.offset} and ${last.offset} of partition ${first.partition} of the ` +
      `${first.topic} topic that Kafka does not have.`,
  )
}

const differs = ({ topic, partition, offset }: IncomingRecord, isMissing: boolean): ReplayError =>
  new ReplayError(
    `The record at offset ${offset} of partition ${partition} of the ${topic} topic ` +
      (isMissing ? 'is not in the journal.' : 'is not the one in the journal.') +
      ' Find out which of the two is right before anything is promoted: `ledger replay --from journal` builds from the other.',
  )

/** Key and value, each as its length and its bytes; what could not be read at all is in neither. */
const hashOf = (records: readonly IncomingRecord[]): string => {
  const hash = createHash('sha256')
  const number = Buffer.alloc(12)
  for (const { offset, key, value } of records) {
    number.writeBigInt64BE(BigInt(offset))
    number.writeInt32BE(key?.length ?? -1, 8)
    hash.update(number)
    if (key) hash.update(key)
    number.writeInt32BE(value?.length ?? -1)
    hash.update(number.subarray(0, 4))
    if (value) hash.update(value)
  }
  return hash.digest('hex')
}

const HASH_JOURNAL = `
  select encode(
           sha256(
             string_agg(
               int8send(record_offset)
                 || coalesce(int4send(octet_length(key)) || key, int4send(-1))
                 || coalesce(int4send(octet_length(value)) || value, int4send(-1)),
               ''::bytea
               order by record_offset
             )
           ),
           'hex'
         ) as hash
    from (
      select record_offset,
             coalesce(raw_key, convert_to(record_key, 'UTF8')) as key,
             coalesce(raw_value, convert_to(record_value, 'UTF8')) as value
        from ledger.journal
       where topic = $1
         and partition = $2
         and record_offset >= $3
         and record_offset < $4
    ) as record`
