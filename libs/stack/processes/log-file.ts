import {
  closeSync,
  copyFileSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs'
import path from 'node:path'

const LOG_BYTES_MAX = 20 * 1024 * 1024
const TAIL_BYTES_MAX = 64 * 1024

export interface OpenLog {
  /** To hand to a child as standard output; the caller closes it. */
  fd: number
  /** Where what is written from now on begins. */
  offset: number
}

/** Opens a log for appending. One that has grown past its bound is first moved aside, to `<file>.1`. */
export const openLog = (file: string): OpenLog => {
  mkdirSync(path.dirname(file), { recursive: true })
  if (sizeOf(file) > LOG_BYTES_MAX) renameSync(file, `${file}.1`)
  const fd = openSync(file, 'a', 0o640)
  return { fd, offset: fstatSync(fd).size }
}

/**
 * Keeps a log that a child is writing to within its bound: copies it to `<file>.1` and empties it. The child appends, so
 * it goes on at the new beginning; a line that it writes between the two steps is lost, which a log can bear.
 */
export const keepLogWithinBound = (file: string): void => {
  if (sizeOf(file) <= LOG_BYTES_MAX) return
  copyFileSync(file, `${file}.1`)
  truncateSync(file)
}

/** The text written since `offset`, at most the last 64 KiB of it. */
export const readLogSince = (file: string, offset: number): string => {
  const size = sizeOf(file)
  const from = Math.max(size < offset ? 0 : offset, size - TAIL_BYTES_MAX)
  if (size <= from) return ''
  const buffer = Buffer.alloc(size - from)
  const fd = openSync(file, 'r')
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, from))
  } finally {
    closeSync(fd)
  }
}

/** The last lines written since `offset`, without empty ones. */
export const lastLogLines = (file: string, offset: number, linesMax = 12): string[] =>
  readLogSince(file, offset)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-linesMax)

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
