import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { PartitionBatch } from '#libs/kafka/records.js'
import { partitionKey, type IncomingRecord } from './incoming-record.js'

/**
 * Batches as records that cover every offset: control records of a stranger's transaction take offsets without being
 * records, and the next record has to answer for them, or they would look like a gap.
 */
export class OffsetHoles {
  readonly #coveredFrom = new Map<string, number>()

  /** The partition is read again from its checkpoint. */
  forget(partition: { readonly topic: SourceTopicRole; readonly partition: number }): void {
    this.#coveredFrom.delete(partitionKey(partition))
  }

  incoming(batch: PartitionBatch): IncomingRecord[] {
    const topic = batch.topicRole as SourceTopicRole
    const { partition } = batch
    const key = partitionKey({ topic, partition })
    let coversFrom = this.#coveredFrom.get(key) ?? Number(batch.firstOffset)
    const records = batch.records.map((record): IncomingRecord => {
      const offset = Number(record.offset)
      const incoming = {
        topic,
        partition,
        offset,
        coversFrom,
        timestampMs: record.recordedAt,
        key: record.key,
        value: record.value,
        headers: record.headers,
        unreadable: record.unreadable,
      }
      coversFrom = offset + 1
      return incoming
    })
    if (coversFrom < Number(batch.nextOffset)) this.#coveredFrom.set(key, coversFrom)
    else this.#coveredFrom.delete(key)
    return records
  }
}
