import type { Batch } from 'kafkajs'
import type { TopicRole } from '#libs/contracts/topics.js'
import { unreadableReason } from './codecs.js'
import type { KafkaRecord, PartitionBatch } from './records.js'

/** Offsets of a batch that hold something: records, and what kafkajs filters (control records, aborted transactions). */
export const heldOffsets = (batch: Batch): number =>
  (batch as Batch & { messagesWithinOffset: unknown[] }).messagesWithinOffset.length

/** A batch as we hand it on: its records, and the offsets that it answers for. */
export function partitionBatch(topicRole: TopicRole, batch: Batch, first: bigint, last: bigint): PartitionBatch {
  let bytes = 0
  const records = batch.messages.map(({ offset, timestamp, key, value, headers }): KafkaRecord => {
    bytes += (key?.length ?? 0) + (value?.length ?? 0)
    const unreadable = unreadableReason(headers)
    return unreadable === undefined
      ? { offset: BigInt(offset), recordedAt: Number(timestamp), key, value, headers }
      : { offset: BigInt(offset), recordedAt: Number(timestamp), key: null, value: null, unreadable }
  })
  return {
    topicRole,
    partition: batch.partition,
    records,
    firstOffset: first,
    nextOffset: last + 1n,
    highWatermark: BigInt(batch.highWatermark),
    bytes,
  }
}
