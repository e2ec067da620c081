import { createEvent, encodeEvent } from '#libs/contracts/cloud-event.js'
import { topicOfType, type EventOf, type EventType } from '#libs/contracts/events.js'
import { TOPICS, type SourceTopicRole } from '#libs/contracts/topics.js'
import { partitionOf as murmurPartition } from '#libs/kafka/partition-of.js'
import type { IncomingRecord } from '#services/projector/records/incoming-record.js'

export const partitionOf = (topic: SourceTopicRole, key: string): number =>
  murmurPartition(key, TOPICS[topic].partitions)

let sequence = 0

/** An event of ours; only its type, subject and data matter to most cases. */
export const event = <T extends EventType>(
  type: T,
  subject: string,
  data: EventOf<T>['data'],
  id = `event-${++sequence}`,
): EventOf<T> =>
  createEvent({
    type,
    id,
    subject,
    data,
    recordedBy: 'tests',
    time: new Date('2024-01-01T00:00:00Z'),
    source: 'urn:tests',
  })

/** Topics as a broker holds them: appends give offsets and instants. */
export class Log {
  readonly records: IncomingRecord[] = []
  readonly #ends = new Map<string, number>()
  #timestampMs = Date.parse('2024-01-01T00:00:00Z')

  append(...events: EventOf<EventType>[]): IncomingRecord[] {
    return events.map((one) => {
      const topic = topicOfType(one.type) ?? 'statements'
      const partition = partitionOf(topic, one.partitionkey)
      return this.put(topic, partition, one.partitionkey, encodeEvent(one as never))
    })
  }

  /** Appends whatever is given, wherever it is put. */
  put(
    topic: SourceTopicRole,
    partition: number,
    key: string | Buffer | null,
    value: string | Buffer | null,
    more: Partial<IncomingRecord> = {},
  ): IncomingRecord {
    const place = `${topic}/${partition}`
    const offset = this.#ends.get(place) ?? 0
    this.#ends.set(place, offset + 1)
    this.#timestampMs += 1
    const record: IncomingRecord = {
      topic,
      partition,
      offset,
      timestampMs: this.#timestampMs,
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      ...more,
    }
    this.records.push(record)
    return record
  }
}
