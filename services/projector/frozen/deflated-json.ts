import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** Some kilobytes of JSON each: a window and tables of that size take half the time of zlib's own. */
const DEFLATE = { level: 1, windowBits: 13, memLevel: 6 }

/** A copy: what zlib returns keeps the 16 KB alive that it wrote into. */
export const deflatedJson = (value: unknown): Uint8Array =>
  new Uint8Array(deflateRawSync(JSON.stringify(value), DEFLATE))

/** @returns what was deflated, as JSON has it */
export const inflatedJson = (bytes: Uint8Array): unknown => JSON.parse(inflateRawSync(bytes).toString())
