import { hash } from 'node:crypto'

/**
 * 96 bits of the SHA-256 of a row, as three integers of 32 bits: kept by the million, they take no object of their own
 * as longer numbers would.
 */
export interface RowDigest {
  readonly high: number
  readonly middle: number
  readonly low: number
}

/**
 * The digest of a track is the sum of those of its rows, in two halves of 48 bits: it does not depend on their order, and
 * a row that comes or goes costs one addition, not a pass over the track. It guards against mistakes, not against forgers.
 */
export interface TrackDigest {
  readonly high: number
  readonly low: number
}

export const NO_ROWS: TrackDigest = { high: 0, low: 0 }

export const digestOf = (row: string): RowDigest => {
  const hex = hash('sha256', row)
  return { high: integerAt(hex, 0), middle: integerAt(hex, 8), low: integerAt(hex, 16) }
}

const integerAt = (hex: string, index: number): number => Number.parseInt(hex.slice(index, index + 8), 16) | 0

export const withRow = (digest: TrackDigest, row: RowDigest): TrackDigest => ({
  high: (digest.high + highHalf(row)) % MODULUS,
  low: (digest.low + lowHalf(row)) % MODULUS,
})

export const withoutRow = (digest: TrackDigest, row: RowDigest): TrackDigest => ({
  high: (digest.high - highHalf(row) + MODULUS) % MODULUS,
  low: (digest.low - lowHalf(row) + MODULUS) % MODULUS,
})

const highHalf = ({ high, middle }: RowDigest): number => (high >>> 0) * 2 ** 16 + (middle >>> 16)
const lowHalf = ({ middle, low }: RowDigest): number => (middle & 0xffff) * 2 ** 32 + (low >>> 0)

export const sameRow = (a: RowDigest, b: RowDigest): boolean =>
  a.high === b.high && a.middle === b.middle && a.low === b.low

/** 24 hexadecimal digits. */
export const digestText = ({ high, low }: TrackDigest): string =>
  high.toString(16).padStart(12, '0') + low.toString(16).padStart(12, '0')

export const parseDigest = (text: string): TrackDigest => ({
  high: Number.parseInt(text.slice(0, 12), 16),
  low: Number.parseInt(text.slice(12), 16),
})

const MODULUS = 2 ** 48
