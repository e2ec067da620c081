import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { RecordHeaders } from '#libs/kafka/records.js'

/** A record as it was fetched. */
export interface IncomingRecord {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly offset: number
  /** The first offset that it stands for: before its own where offsets hold no record (control records). Default: its own. */
  readonly coversFrom?: number
  /** LogAppendTime, in milliseconds since 1970. */
  readonly timestampMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: RecordHeaders | undefined
  /** Why the value could not be read at all: compressed with a codec that we do not have. */
  readonly unreadable?: string | undefined
}

/** Where a record stands in the log. */
export interface RecordPlace {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly offset: number
}

/** A place as one text, for maps. */
export const placeKey = ({ topic, partition, offset }: RecordPlace): string => `${topic}/${partition}/${offset}`
export const partitionKey = ({ topic, partition }: Omit<RecordPlace, 'offset'>): string => `${topic}/${partition}`

/** Of keys and of values; null is only null. */
export const sameBytes = (a: Buffer | null, b: Buffer | null): boolean =>
  a === null || b === null ? a === b : a.equals(b)
