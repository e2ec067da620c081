import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { IncomingRecord } from '../records/incoming-record.js'

/** Records of one partition in one block of memory, which one thread can hand to another without copying. */
export interface PackedRecords {
  readonly bytes: ArrayBuffer
  /** Offset, instant, length of the key and of the value (-1: none) of each record. */
  readonly numbers: Float64Array<ArrayBuffer>
  /** Index of each record that could not be read, and why. */
  readonly unreadable: readonly (readonly [index: number, reason: string])[]
}

export const packRecords = (records: readonly IncomingRecord[]): PackedRecords => {
  const lengths = records.map(({ key, value }) => (key?.length ?? 0) + (value?.length ?? 0))
  const bytes = Buffer.from(new ArrayBuffer(lengths.reduce((sum, length) => sum + length, 0)))
  const numbers = new Float64Array(records.length * NUMBERS)
  const unreadable: [number, string][] = []
  let at = 0
  records.forEach(({ offset, timestampMs, key, value, unreadable: reason }, index) => {
    numbers.set([offset, timestampMs, key?.length ?? -1, value?.length ?? -1], index * NUMBERS)
    if (reason !== undefined) unreadable.push([index, reason])
    at += key?.copy(bytes, at) ?? 0
    at += value?.copy(bytes, at) ?? 0
  })
  return { bytes: bytes.buffer, numbers, unreadable }
}

export const unpackRecords = (
  { bytes, numbers, unreadable }: PackedRecords,
  place: { readonly topic: SourceTopicRole; readonly partition: number },
): IncomingRecord[] => {
  const reasons = new Map(unreadable)
  const records: IncomingRecord[] = []
  let at = 0
  const take = (length: number): Buffer | null => {
    if (length < 0) return null
    at += length
    return Buffer.from(bytes, at - length, length)
  }
  for (let index = 0; index * NUMBERS < numbers.length; index++) {
    const [offset = 0, timestampMs = 0, keyLength = -1, valueLength = -1] = numbers.subarray(index * NUMBERS)
    const key = take(keyLength)
    const value = take(valueLength)
    records.push({ ...place, offset, timestampMs, key, value, unreadable: reasons.get(index) })
  }
  return records
}

const NUMBERS = 4
