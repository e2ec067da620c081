import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import zlib from 'node:zlib'

/** How an answer may be compressed, the better first. */
const ENCODINGS = ['br', 'gzip'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** What an answer depends on beside its address, whether or not this one was compressed. */
export const VARY = 'Accept, Accept-Encoding'

/** One position is smaller, and travels in one packet or two: to compress it would cost more than it saves. */
const COMPRESSED_LENGTH_MIN = 4_096

/** Brotli's default, 11, is for files that are compressed once: at 4 it takes as long as gzip, for smaller answers. */
const BROTLI: zlib.BrotliOptions = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }
const GZIP: zlib.ZlibOptions = { level: 5 }

/**
 * Which encoding an answer gets. Chosen by us and not by @fastify/compress, which compresses when the answer has left
 * the route: too late for an ETag that differs by encoding.
 * @param length of the text; absent for a stream
 * @returns null for as it is: it is small, or the caller asks for none
 */
export const encodingFor = (request: FastifyRequest, length = Infinity): Encoding | null => {
  if (length < COMPRESSED_LENGTH_MIN || request.headers['accept-encoding'] === undefined) return null
  const accepted = new Negotiator(request.raw).encodings([...ENCODINGS, 'identity'])
  if (accepted[0] === 'identity') return null
  return ENCODINGS.find((encoding) => accepted.includes(encoding)) ?? null
}

const gzip = promisify<string | Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip)
const brotli = promisify<string | Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)

/** Off the main thread. */
export const compressText = (text: string | Buffer, encoding: Encoding): Promise<Buffer> =>
  encoding === 'br' ? brotli(text, BROTLI) : gzip(text, GZIP)

export const compressor = (encoding: Encoding): Transform =>
  encoding === 'br' ? zlib.createBrotliCompress(BROTLI) : zlib.createGzip(GZIP)
