import { hash } from 'node:crypto'

/** 96 bits of the SHA-256 of a row, as two numbers that a double holds exactly. */
export interface RowDigest {
  readonly high: number
  readonly low: number
}

/**
 * The digest of a track is the sum of those of its rows: it does not depend on their order, and a row that comes or
 * goes costs one addition, not a pass over the track. It guards against mistakes, not against forgers.
 */
export type TrackDigest = RowDigest

export const NO_ROWS: TrackDigest = { high: 0, low: 0 }

export const digestOf = (row: string): RowDigest => {
  const hex = hash('sha256', row)
  return { high: Number.parseInt(hex.slice(0, 12), 16), low: Number.parseInt(hex.slice(12, 24), 16) }
}

export const withRow = (digest: TrackDigest, row: RowDigest): TrackDigest => ({
  high: (digest.high + row.high) % MODULUS,
  low: (digest.low + row.low) % MODULUS,
})

export const withoutRow = (digest: TrackDigest, row: RowDigest): TrackDigest => ({
  high: (digest.high - row.high + MODULUS) % MODULUS,
  low: (digest.low - row.low + MODULUS) % MODULUS,
})

export const sameRow = (a: RowDigest, b: RowDigest): boolean => a.high === b.high && a.low === b.low

/** 24 hexadecimal digits. */
export const digestText = ({ high, low }: TrackDigest): string =>
  high.toString(16).padStart(12, '0') + low.toString(16).padStart(12, '0')

export const parseDigest = (text: string): TrackDigest => ({
  high: Number.parseInt(text.slice(0, 12), 16),
  low: Number.parseInt(text.slice(12), 16),
})

const MODULUS = 2 ** 48
