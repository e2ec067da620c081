import { STATEMENT_ROWS_MAX } from './statement-parts.js'

/**
 * Rows in the text format of COPY, written at once into the messages that carry them: array parameters cost the driver 27 µs a
 * row, lines that are joined first 1.2 µs a KB, this a quarter of that.
 * Text must not contain NUL, which Postgres cannot hold; who takes text from outside keeps such values as bytes.
 */
export class CopyRows {
  readonly #parts: Buffer[][] = []
  #chunk: Buffer = NO_BYTES
  #used = 0
  #rowCount = 0

  /** Adds a row whose columns are already in the format: made by `copyText`, `copyArray`, numbers, or `COPY_NULL`. */
  add(line: string): void {
    if (this.#rowCount % STATEMENT_ROWS_MAX === 0) this.#beginPart()
    const room = this.#chunk.length - this.#used - LINE_BREAK_BYTES
    // UTF-8 takes three bytes for a unit of UTF-16 at most: nearly always there is room for that, and nothing to be counted
    if (room < line.length * 3) {
      const bytes = Buffer.byteLength(line)
      if (room < bytes) this.#beginChunk(HEADER_BYTES + bytes + LINE_BREAK_BYTES)
    }
    this.#used += this.#chunk.write(line, this.#used)
    this.#chunk[this.#used++] = LINE_BREAK
    this.#rowCount++
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /**
   * The rows as CopyData messages of the protocol, which are to be sent as they are. They are in as many lists as it takes
   * statements: each takes as many rows as one may. Nothing can be added afterwards.
   */
  toMessages(): readonly (readonly Buffer[])[] {
    this.#endChunk()
    return this.#parts
  }

  #beginPart(): void {
    this.#endChunk()
    this.#parts.push([])
  }

  /** Each is larger than the one before it: most COPYs are of few rows, and memory outside the heap brings collections on. */
  #beginChunk(bytesMin: number): void {
    this.#endChunk()
    const size = FIRST_CHUNK_BYTES * CHUNK_GROWTH ** (this.#parts.at(-1)?.length ?? 0)
    this.#chunk = Buffer.allocUnsafe(Math.max(bytesMin, Math.min(size, CHUNK_BYTES_MAX)))
    this.#used = HEADER_BYTES
  }

  #endChunk(): void {
    if (this.#used > 0) {
      this.#chunk[0] = COPY_DATA
      // the length counts itself, and not the type before it
      this.#chunk.writeInt32BE(this.#used - 1, 1)
      this.#parts.at(-1)?.push(this.#chunk.subarray(0, this.#used))
    }
    this.#chunk = NO_BYTES
    this.#used = 0
  }
}

const NO_BYTES = Buffer.alloc(0)
const FIRST_CHUNK_BYTES = 2 * 1024
const CHUNK_GROWTH = 8
const CHUNK_BYTES_MAX = 256 * 1024
/** Type and length of a message. */
const HEADER_BYTES = 5
const COPY_DATA = 'd'.charCodeAt(0)
const LINE_BREAK = 10
const LINE_BREAK_BYTES = 1

export const COPY_NULL = '\\N'

/** A text column; null is NULL. */
export const copyText = (value: string | null | undefined): string => {
  if (value === null || value === undefined) return COPY_NULL
  // nearly all text is JSON or an id: looking for four characters by themselves is faster than a pattern
  const isPlain = !value.includes('\\') && !value.includes('\n') && !value.includes('\t') && !value.includes('\r')
  return isPlain ? value : value.replace(ESCAPED, escapeOf)
}

/** A text[] column. */
export const copyArray = (values: readonly string[] | null): string => {
  if (values === null) return COPY_NULL
  return copyText(arrayLiteral(values))
}

/** A bytea column, in hex. */
export const copyBytes = (bytes: Uint8Array | null): string =>
  bytes === null ? COPY_NULL : `\\\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`

export const copyBoolean = (value: boolean): string => (value ? 't' : 'f')

/** Postgres's literal of a text[]. */
export const arrayLiteral = (values: readonly string[]): string => {
  if (values.length === 0) return '{}'
  return `{${values.map((value) => (PLAIN_ELEMENT.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`
}

/** Without these an element needs no quotes; `null` alone would be read as NULL. */
const PLAIN_ELEMENT = /^(?!null$)[a-z0-9._:-]+$/
const ESCAPED = /[\\\t\n\r]/g
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const escapeOf = (character: string): string => ESCAPES[character] ?? character
