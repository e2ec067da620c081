import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { CsvError, parse } from 'csv-parse'
import { InputError } from './input-error.js'

/** A record of more than this is no row of ours but an open quote that swallows the file. */
const RECORD_BYTES_MAX = 64 * 1024

/** Rows of a gzipped CSV file by the names of their columns, read as they are asked for. @throws InputError */
export async function* readGzippedCsv<C extends string>(
  file: string,
  columns: readonly C[],
): AsyncGenerator<Record<C, string>> {
  await checkGzip(file)
  const gunzip = createGunzip()
  const inflated = pipeline(createReadStream(file), gunzip)
  // a damaged file also ends the loop below, which reports it; without this it would be an unhandled rejection
  inflated.catch(() => undefined)
  try {
    yield* readCsv(gunzip, columns, file)
  } catch (error) {
    throw asInputError(error, file)
  }
}

/**
 * Rows of a CSV text with a header line. Other columns than those asked for may be there, in any order.
 * @param file what to call it in messages
 * @throws InputError where a column is missing or the text is no CSV
 */
export async function* readCsv<C extends string>(
  text: Readable,
  columns: readonly C[],
  file: string,
): AsyncGenerator<Record<C, string>> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => checkedHeader(header, columns, file),
    record_delimiter: ['\r\n', '\n'],
    max_record_size: RECORD_BYTES_MAX,
    skip_empty_lines: true,
  })
  const fed = pipeline(text, parser)
  fed.catch(() => undefined)
  try {
    for await (const row of parser) yield row as Record<C, string>
  } catch (error) {
    throw asInputError(error, file)
  }
}

function checkedHeader(header: string[], columns: readonly string[], file: string): string[] {
  const missing = columns.filter((column) => !header.includes(column))
  if (missing.length === 0) return header
  throw new InputError(
    'COLUMN_MISSING',
    `${file} has no column ${missing.join(', ')}. It needs ${columns.join(', ')}; it has ${header.join(', ').slice(0, 200)}.`,
  )
}

const GZIP_MAGIC = [0x1f, 0x8b]

async function checkGzip(file: string): Promise<void> {
  let start: Buffer
  try {
    await using handle = await open(file)
    start = (await handle.read(Buffer.alloc(2), 0, 2, 0)).buffer
  } catch (error) {
    throw new InputError('FILE_MISSING', `${file} cannot be read: ${(error as Error).message}.`, error)
  }
  if (!GZIP_MAGIC.every((byte, i) => start[i] === byte))
    throw new InputError(
      'FILE_NOT_GZIP',
      `${file} is not gzip. Give the file as it is published (.csv.gz), or gzip it.`,
    )
}

function asInputError(error: unknown, file: string): unknown {
  if (error instanceof InputError) return error
  if (error instanceof CsvError)
    return new InputError('FILE_DAMAGED', `${file} is not a CSV that can be read: ${error.message}.`, error)
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE'
    ? new InputError('FILE_DAMAGED', `${file} is damaged or ends early: ${(error as Error).message}.`, error)
    : error
}
