import type { TopicRole } from '#libs/contracts/topics.js'

/** A header may come several times. */
export type RecordHeaders = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>

/** One record as it stands on a topic. */
export interface KafkaRecord {
  readonly offset: bigint
  /** LogAppendTime, milliseconds since 1970. Never goes back within a partition. */
  readonly recordedAt: number
  readonly key: Buffer | null
  /** Null: a tombstone, or unreadable. */
  readonly value: Buffer | null
  readonly headers?: RecordHeaders | undefined
  /** Why neither key nor value could be read; absent for a record that could. */
  readonly unreadable?: string
}

/** Neighbouring records of one partition, without a gap where the topic has none. */
export interface PartitionBatch {
  readonly topicRole: TopicRole
  readonly partition: number
  readonly records: readonly KafkaRecord[]
  /** The first offset that this batch covers; before the first record where offsets hold no record (compaction, transactions). */
  readonly firstOffset: bigint
  /** The offset after the last that this batch covers: the checkpoint once it is done. */
  readonly nextOffset: bigint
  /** The end of the partition when this was fetched: the next offset to be written. */
  readonly highWatermark: bigint
  /** Bytes of keys and values. */
  readonly bytes: number
}

/** Where a record stands. */
export interface RecordPlace {
  readonly topicRole: TopicRole
  readonly partition: number
  readonly offset: bigint
}

/** A partition that no longer continues where it should: truncated, recreated, or read out of turn. */
export interface PartitionGap {
  readonly topicRole: TopicRole
  readonly partition: number
  /** The offset that we were to read next. */
  readonly expected: bigint
  /** What the partition has instead: the first offset we were given, or the end that lies before `expected`. */
  readonly found: bigint
}

export const partitionKey = (topicRole: string, partition: number): string => `${topicRole}/${partition}`
