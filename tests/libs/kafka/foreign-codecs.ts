import kafkajs from 'kafkajs'

/**
 * Encoders of the codecs that we do not read, in the simplest form that a broker takes for valid: nothing is compressed,
 * only framed. With these, records of strangers can be made without a library.
 */
export const FOREIGN_CODECS: Record<'Snappy' | 'LZ4' | 'ZSTD', (bytes: Buffer) => Buffer> = {
  /** snappy-java's stream: magic, two versions, then chunks of raw snappy made of literals alone. */
  Snappy(bytes) {
    const literals = Buffer.concat([varint(bytes.length), Buffer.from([61 << 2]), uint16(bytes.length - 1), bytes])
    const magic = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1])
    return Buffer.concat([magic, int32BigEndian(literals.length), literals])
  },
  /** A frame with one block that says it is not compressed. */
  LZ4(bytes) {
    const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])
    return Buffer.concat([header, uint32((bytes.length | 0x80000000) >>> 0), bytes, uint32(0)])
  },
  /** A frame of one segment with one raw block. */
  ZSTD(bytes) {
    const header = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x60]), uint16(bytes.length - 256)])
    return Buffer.concat([header, uint32((bytes.length << 3) | 1).subarray(0, 3), bytes])
  },
}

/** Lets kafkajs publish with a codec of ours; `registerCodecs` takes it back. */
export function publishWith(codec: keyof typeof FOREIGN_CODECS): void {
  const compress = FOREIGN_CODECS[codec]
  const codecs = kafkajs.CompressionCodecs as Record<number, () => unknown>
  codecs[kafkajs.CompressionTypes[codec]] = () => ({
    compress: (encoder: { buffer: Buffer }) => Promise.resolve(compress(encoder.buffer)),
  })
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest])
    bytes.push((rest & 0x7f) | 0x80)
  }
}
function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeUInt16LE(value)
  return buffer
}
function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}
function int32BigEndian(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
