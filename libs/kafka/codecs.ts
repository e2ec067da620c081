import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import kafkajs from 'kafkajs'
import type { RecordHeaders } from './records.js'

/**
 * What is done with compressed record batches (docs/design.md 2: gzip or none). kafkajs throws on a codec it does not
 * know, tries the fetch again for ever, and so one record of a stranger would stop a partition. Here, a batch that cannot
 * be read turns into as many empty records as it holds, at their own offsets, each marked: they get their outcome, and
 * reading goes on.
 *
 * This leans on how kafkajs 2.2.4 (pinned) decodes a batch: `decompress` is given a view into the fetch response that
 * begins right behind the header of the batch, so that the header can be read from the same memory. `headerBefore`
 * checks that this holds before it believes any of it.
 */
export function registerCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs
  const codecs = CompressionCodecs as Record<number, () => Codec>
  codecs[CompressionTypes.GZIP] = () => GZIP
  codecs[CompressionTypes.Snappy] = () => unreadableCodec('compressed with snappy')
  codecs[CompressionTypes.LZ4] = () => unreadableCodec('compressed with lz4')
  codecs[CompressionTypes.ZSTD] = () => unreadableCodec('compressed with zstd')
}

interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(buffer: Buffer): Promise<Buffer>
}

/** What one gzip batch may expand to: 32 times the largest batch that a topic takes. More is an attack or a mistake. */
const EXPANDED_BYTES_MAX = 32 * 1024 * 1024

const GZIP: Codec = {
  compress: (encoder) => promisify(gzip)(encoder.buffer),
  decompress: (buffer) =>
    expand(buffer, { maxOutputLength: EXPANDED_BYTES_MAX }).catch(() =>
      markedRecords(headerBefore(buffer), 'gzip that cannot be expanded within bounds'),
    ),
}
const expand = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)

const unreadableCodec = (reason: string): Codec => ({
  compress: () => Promise.reject(new Error(`Records are published with gzip or none, not ${reason}.`)),
  decompress: (buffer) => Promise.resolve(markedRecords(headerBefore(buffer), reason)),
})

/** Header key of the records that stand for what could not be read; random, so that no publisher can send one. */
const MARK = `unreadable-${randomBytes(16).toString('hex')}`

/** Why a record could not be read, or undefined if it could. */
export function unreadableReason(headers: RecordHeaders | undefined): string | undefined {
  const reason = headers?.[MARK]
  return reason === undefined ? undefined : Buffer.isBuffer(reason) ? reason.toString() : 'unreadable'
}

/** firstOffset 8, length 4, leaderEpoch 4, magic 1, crc 4, attributes 2, lastOffsetDelta 4, times 16, producer 14, count 4 */
const HEADER_BYTES = 61
const MAGIC_AT = 16
const LENGTH_AT = 8
const COUNT_AT = 57
/** The length field counts what follows it. */
const LENGTH_COUNTS_FROM = 12

interface BatchHeader {
  readonly count: number
}

function headerBefore(compressed: Buffer): BatchHeader {
  const start = compressed.byteOffset - HEADER_BYTES
  if (start < 0) throw new Error('kafkajs handed over a compressed batch without its header')
  const header = Buffer.from(compressed.buffer, start, HEADER_BYTES)
  const length = header.readInt32BE(LENGTH_AT)
  const count = header.readInt32BE(COUNT_AT)
  const holds = header[MAGIC_AT] === 2 && length === compressed.length + HEADER_BYTES - LENGTH_COUNTS_FROM && count > 0
  if (!holds) throw new Error('kafkajs handed over a compressed batch whose header is not where it was')
  return { count }
}

/** The broker has made sure that the offsets of a new batch run from 0 without a gap; so these do too. */
function markedRecords({ count }: BatchHeader, reason: string): Buffer {
  const mark = Buffer.from(MARK)
  const text = Buffer.from(reason)
  const tail = Buffer.concat([
    varint(-1), // key
    varint(-1), // value
    varint(1), // one header
    varint(mark.length),
    mark,
    varint(text.length),
    text,
  ])
  const records = Array.from({ length: count }, (_, offsetDelta) => {
    const body = Buffer.concat([Buffer.from([0]), varint(0), varint(offsetDelta), tail])
    return Buffer.concat([varint(body.length), body])
  })
  return Buffer.concat(records)
}

/** Zigzag varint of the record format. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}
