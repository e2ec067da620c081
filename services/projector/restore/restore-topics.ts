import { SOURCE_TOPIC_ROLES, type SourceTopicRole } from '#libs/contracts/topics.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { lastRecords } from '#libs/kafka/last-records.js'
import { withBrokerTimestamps, withOwnTimestamps } from '#libs/kafka/own-timestamps.js'
import { openPartitionWriter, type PartitionWriter } from '#libs/kafka/partition-writer.js'
import { partitionKey } from '#libs/kafka/records.js'
import { ensureTopics, offsetRanges, type OffsetRange } from '#libs/kafka/topics.js'
import type { Client } from '#libs/postgres/database.js'
import { sameBytes, type IncomingRecord } from '../records/incoming-record.js'
import { readJournalRange } from '../replay/read-journal-range.js'
import { ReplayError } from '../replay/replay-state.js'

export interface RestoredPartition {
  readonly topic: SourceTopicRole
  readonly partition: number
  /** Offsets that the topic had already. */
  readonly kept: number
  readonly restored: number
}

export interface RestoreOptions {
  readonly signal: AbortSignal
  readonly onRestored?: ((count: number) => void) | undefined
}

/**
 * Puts back on the topics of the record what the journal has of them and they have not: each record at the offset that it
 * had, with its key, its value and the instant at which it was recorded. Headers are not restored: the ledger needs none.
 * Nothing is written before all partitions have been looked at; after a stop the same call goes on where it was.
 * @throws ReplayError where that cannot be: an offset that the journal lacks, a topic whose beginning was deleted or that
 *   holds other records, somebody else who writes
 */
export const restoreTopics = async (
  client: Client,
  kafka: KafkaConnection,
  { signal, onRestored }: RestoreOptions,
): Promise<RestoredPartition[]> => {
  await ensureTopics(kafka, SOURCE_TOPIC_ROLES)
  const missing = await findMissing(client, kafka)
  if (missing.every(({ from, until }) => from === until)) await withBrokerTimestamps(kafka, SOURCE_TOPIC_ROLES)
  else
    await withOwnTimestamps(kafka, SOURCE_TOPIC_ROLES, async () => {
      await using writer = await openPartitionWriter(kafka)
      for (const stretch of missing) await restorePartition(client, writer, stretch, { signal, onRestored })
    })
  return missing.map(({ topic, partition, from, until }) => ({ topic, partition, kept: from, restored: until - from }))
}

/** Offsets of one partition that are to be written. */
interface Stretch {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly from: number
  readonly until: number
}

interface JournalPartition {
  topic: SourceTopicRole
  partition: number
  count: number
  first: number
  last: number
}

const JOURNAL_PARTITIONS = `
  select topic,
         partition,
         count(*) as count,
         min(record_offset) as first,
         max(record_offset) as last
    from ledger.journal
   group by topic, partition
   order by array_position(array['registry', 'reports', 'statements'], topic), partition`

const LAST_MS_MAX = 60_000

const findMissing = async (client: Client, kafka: KafkaConnection): Promise<Stretch[]> => {
  const { rows } = await client.query<JournalPartition>(JOURNAL_PARTITIONS)
  const ranges = await offsetRanges(kafka, SOURCE_TOPIC_ROLES)
  const stretches = rows.map((row) => stretchOf(row, ranges.get(partitionKey(row.topic, row.partition))))
  const last = await lastRecords(kafka, SOURCE_TOPIC_ROLES, { name: 'restore', limitMs: LAST_MS_MAX })
  for (const { role, partition, record } of last) {
    const stretch = stretches.find((one) => one.topic === role && one.partition === partition)
    if (stretch === undefined || Number(record.offset) >= stretch.until) continue
    const offset = Number(record.offset)
    const [known] = await recordsOf(client, { ...stretch, from: offset, until: offset + 1 })
    if (known && sameBytes(known.key, record.key) && sameBytes(known.value, record.value)) continue
    throw new ReplayError(
      `The record at offset ${offset} of ${placeOf(stretch)} is not the one in the journal. Delete the topic, or name ` +
        'the right cluster: what is restored goes behind what is there.',
    )
  }
  return stretches
}

const stretchOf = (
  { topic, partition, count, first, last }: JournalPartition,
  range: OffsetRange | undefined,
): Stretch => {
  const [low, end] = [Number(range?.low ?? 0), Number(range?.end ?? 0)]
  const until = last + 1
  const stretch = { topic, partition, from: Math.min(end, until), until }
  if (end >= until) return stretch
  if (first !== 0 || count !== until)
    throw new ReplayError(
      `The journal has ${count} records of ${placeOf(stretch)}, with offsets ${first} to ${last}: some offsets held none ` +
        '(aborted transactions), so that the others cannot be given theirs again. Restore the topic from a backup.',
    )
  if (low > 0)
    throw new ReplayError(
      `${placeOf(stretch)} begins at offset ${low}: records can only be put behind what is there. Delete the topic; it is made anew.`,
    )
  return stretch
}

const placeOf = ({ topic, partition }: { topic: string; partition: number }): string =>
  `partition ${partition} of the ${topic} topic`

const recordsOf = async (client: Client, stretch: Stretch): Promise<IncomingRecord[]> => {
  const found: IncomingRecord[] = []
  for await (const records of readJournalRange(client, stretch)) found.push(...records)
  return found
}

const SEND_RECORDS = 500
const SEND_BYTES = 512 * 1024

const restorePartition = async (
  client: Client,
  writer: PartitionWriter,
  stretch: Stretch,
  { signal, onRestored }: RestoreOptions,
): Promise<void> => {
  for (let from = stretch.from; from < stretch.until; from += SEND_RECORDS) {
    signal.throwIfAborted()
    const records = await recordsOf(client, { ...stretch, from, until: Math.min(stretch.until, from + SEND_RECORDS) })
    for (const batch of cutByBytes(records)) await append(writer, stretch, batch)
    onRestored?.(records.length)
  }
}

const cutByBytes = (records: readonly IncomingRecord[]): IncomingRecord[][] => {
  const batches: IncomingRecord[][] = []
  let bytes = Infinity
  for (const record of records) {
    const size = (record.key?.length ?? 0) + (record.value?.length ?? 0)
    if (bytes + size > SEND_BYTES) {
      batches.push([])
      bytes = 0
    }
    bytes += size
    batches.at(-1)?.push(record)
  }
  return batches
}

/** The broker says where the first of them is: anywhere else, and somebody else writes. */
const append = async (
  writer: PartitionWriter,
  { topic, partition }: Stretch,
  records: readonly IncomingRecord[],
): Promise<void> => {
  const expected = records[0]?.offset ?? 0
  const offset = await writer.append(topic, partition, records)
  if (offset === expected) return
  throw new ReplayError(
    `A record of offset ${expected} of ${placeOf({ topic, partition })} was given offset ${offset}: somebody else writes. ` +
      'Stop every intake, delete the topic and begin again.',
  )
}
