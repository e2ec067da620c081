import { createRequire } from 'node:module'

/**
 * How kafkajs 2.2.4 (pinned) writes a record into a batch: into a buffer of its own, and each header into another, of 512
 * zeroed bytes at first, and each number by way of an array. For the records of the relay that is two thirds of all it
 * computes. This writes the same bytes, into one buffer of the right size (tests/libs/kafka/record-encoding.test.ts).
 */
export interface EncodableRecord {
  readonly offsetDelta?: number
  readonly timestampDelta?: number
  readonly key?: unknown
  readonly value?: unknown
  readonly headers?: Readonly<Record<string, unknown>>
}

/** What kafkajs asks of an encoder that it copies. */
interface EncodedRecord {
  readonly buf: Buffer
  readonly buffer: Buffer
}
type EncodeRecord = (record: EncodableRecord) => EncodedRecord

const MODULE = 'kafkajs/src/protocol/recordBatch/record/v0/index.js'
const require = createRequire(import.meta.url)

/** As kafkajs does it. Whatever is out of the ordinary is left to it. */
export const encodeSlowly = require(MODULE) as EncodeRecord

/** From now on all producers of this thread encode records here. kafkajs looks the module up with its first request. */
export function registerRecordEncoding(): void {
  const loaded = require.cache[require.resolve(MODULE)]
  if (loaded === undefined) throw new Error(`${MODULE} is not where it was`)
  loaded.exports = encodeRecord
}

export const encodeRecord: EncodeRecord = (record) => {
  const { offsetDelta = 0, timestampDelta = 0, key = null, value = null, headers } = record
  if (timestampDelta !== 0 || !isBytes(key) || !isBytes(value)) return encodeSlowly(record)
  const keyBytes = bytesOf(key)
  const valueBytes = bytesOf(value)
  let size = 2 + sizeOfVarint(offsetDelta) + sizeOf(keyBytes) + sizeOf(valueBytes)
  let headerCount = 0
  for (const name in headers) {
    const content = headers[name]
    if (typeof content !== 'string') return encodeSlowly(record)
    size += sizeOf(Buffer.byteLength(name)) + sizeOf(Buffer.byteLength(content))
    headerCount++
  }
  size += sizeOfVarint(headerCount)

  const bytes = Buffer.allocUnsafe(sizeOfVarint(size) + size)
  let at = writeVarint(bytes, size, 0)
  bytes[at++] = 0 // attributes: none
  bytes[at++] = 0 // the time of the batch
  at = writeVarint(bytes, offsetDelta, at)
  at = writeBytes(bytes, key, keyBytes, at)
  at = writeBytes(bytes, value, valueBytes, at)
  at = writeVarint(bytes, headerCount, at)
  for (const name in headers) {
    const content = headers[name] as string
    at = writeBytes(bytes, name, Buffer.byteLength(name), at)
    at = writeBytes(bytes, content, Buffer.byteLength(content), at)
  }
  return { buf: bytes, buffer: bytes }
}

const isBytes = (value: unknown): value is string | Buffer | null =>
  value === null || typeof value === 'string' || Buffer.isBuffer(value)

/** -1: none. */
const bytesOf = (value: string | Buffer | null): number => (value === null ? -1 : Buffer.byteLength(value))

/** Of a length and what it counts. */
const sizeOf = (byteLength: number): number => sizeOfVarint(byteLength) + Math.max(0, byteLength)

const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0

const sizeOfVarint = (value: number): number => {
  let bytes = 1
  for (let rest = zigzag(value); rest >= 0x80; rest >>>= 7) bytes++
  return bytes
}

const writeVarint = (bytes: Buffer, value: number, at: number): number => {
  let rest = zigzag(value)
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
  bytes[at++] = rest
  return at
}

/** Past this, a call into Node costs less than a loop. */
const LOOPED_CHARACTERS_MAX = 24

const writeBytes = (bytes: Buffer, value: string | Buffer | null, byteLength: number, at: number): number => {
  at = writeVarint(bytes, byteLength, at)
  if (value === null) return at
  if (typeof value !== 'string') value.copy(bytes, at)
  else if (byteLength === value.length && byteLength <= LOOPED_CHARACTERS_MAX)
    for (let index = 0; index < byteLength; index++) bytes[at + index] = value.charCodeAt(index)
  else bytes.write(value, at, byteLength, 'utf8')
  return at + byteLength
}
