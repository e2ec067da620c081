import type { Client } from '#libs/postgres/database.js'
import type { DecodedRecord, PartitionOf } from '../records/decode-record.js'
import { partitionKey, placeKey, sameBytes } from '../records/incoming-record.js'
import { readJournal } from '../records/read-journal.js'
import { START, type Advance, type Checkpoint, type Checkpoints } from './checkpoints.js'
import { gapIn, Halted } from './halt.js'

/** What of a batch is new, with the instants at which its records were recorded, and how far it moves the checkpoints. */
export interface NewRecords {
  readonly records: readonly DecodedRecord[]
  /** ISO instant of each record. */
  readonly recordedAt: readonly string[]
  readonly advances: readonly Advance[]
}

/**
 * Takes from a batch what lies at the checkpoints. What lies below was delivered before: it is compared with the
 * journal and dropped.
 * @param records those of one partition in the order of their offsets
 * @throws Halted on a gap, and where a record is not the one that the journal has
 */
export const continueFrom = async (
  client: Client,
  checkpoints: Checkpoints,
  records: readonly DecodedRecord[],
  partitionOf: PartitionOf,
): Promise<NewRecords> => {
  const progress = new Map<string, Progress>()
  const fresh: DecodedRecord[] = []
  const recordedAt: string[] = []
  const repeated: DecodedRecord[] = []
  for (const record of records) {
    const key = partitionKey(record)
    const at = progress.get(key) ?? startAt(progress, key, record, checkpoints)
    if (record.offset < at.nextOffset) {
      repeated.push(record)
      continue
    }
    if (record.coversFrom > at.nextOffset) throw gap(record, at.nextOffset)
    at.nextOffset = record.offset + 1
    at.recordedAtMs = Math.max(at.recordedAtMs, record.timestampMs)
    fresh.push(record)
    recordedAt.push(instantOf(at.recordedAtMs))
  }
  await compareRepeated(client, repeated, partitionOf)
  return { records: fresh, recordedAt, advances: [...progress.values()].flatMap(advanceOf) }
}

interface Progress {
  readonly record: DecodedRecord
  readonly from: Checkpoint
  nextOffset: number
  recordedAtMs: number
}

const startAt = (
  progress: Map<string, Progress>,
  key: string,
  record: DecodedRecord,
  checkpoints: Checkpoints,
): Progress => {
  const from = checkpoints.byPartition.get(key) ?? START
  const started = { record, from, nextOffset: from.nextOffset, recordedAtMs: from.recordedAtMs }
  progress.set(key, started)
  return started
}

const advanceOf = ({ record, from, nextOffset, recordedAtMs }: Progress): Advance[] =>
  nextOffset === from.nextOffset
    ? []
    : [{ topic: record.topic, partition: record.partition, from: from.nextOffset, to: { nextOffset, recordedAtMs } }]

const compareRepeated = async (
  client: Client,
  repeated: readonly DecodedRecord[],
  partitionOf: PartitionOf,
): Promise<void> => {
  const journal = new Map(
    (await readJournal(client, repeated, partitionOf)).map(({ record }) => [placeKey(record), record]),
  )
  const stranger = repeated.find((record) => !sameRecord(record, journal.get(placeKey(record))))
  if (stranger) throw recreated(stranger)
}

const sameRecord = (record: DecodedRecord, known: DecodedRecord | undefined): boolean =>
  known?.key === record.key &&
  known.value === record.value &&
  sameBytes(record.rawKey, known.rawKey) &&
  sameBytes(record.rawValue, known.rawValue)

const gap = ({ topic, partition, coversFrom }: DecodedRecord, expected: number): Halted =>
  gapIn({ topic, partition, expected, found: coversFrom })

const recreated = ({ topic, partition, offset }: DecodedRecord): Halted =>
  new Halted(
    `The record at offset ${offset} of partition ${partition} of the ${topic} topic is not the one in the journal: the ` +
      'topic was truncated or made anew. Point the projector at the right cluster, or delete the topic and restore it from the journal: `ledger restore-topics`.',
  )

/** The records of a batch share few instants, and formatting one costs as much as reading a small event. */
let lastMs = -1
let lastInstant = ''
const instantOf = (ms: number): string => {
  if (ms !== lastMs) {
    lastMs = ms
    lastInstant = new Date(ms).toISOString()
  }
  return lastInstant
}
