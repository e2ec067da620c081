import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { day } from '#libs/contracts/primitives.js'
import type { Day } from '#libs/contracts/primitives.js'
import { readCsv, readGzippedCsv } from './csv-rows.js'
import { InputError } from './input-error.js'

export const ROLL_CALL_COLUMNS = ['rcid', 'session', 'date', 'unres', 'amend', 'para', 'short', 'descr'] as const
export type RollCallRow = Record<(typeof ROLL_CALL_COLUMNS)[number], string>

/** One recorded vote of the General Assembly. */
export interface RollCall {
  readonly rcid: string
  readonly session: string
  readonly date: Day
  /** As the data write it (`R/61/89`); null where none is given. */
  readonly resolution: string | null
  readonly title: string
  /** It was on a part of a resolution or on an amendment, not on the resolution. */
  readonly partial: boolean
}

/** Rows of a roll-calls file, gzipped or not by `gzipped`. */
export const readRollCallRows = (file: string, gzipped = true): AsyncIterable<RollCallRow> =>
  gzipped ? readGzippedCsv(file, ROLL_CALL_COLUMNS) : readCsv(createReadStream(file), ROLL_CALL_COLUMNS, file)

/** Every roll call that the file has, by its rcid; in full those of the series, since the others' dates are nobody's concern. */
export interface RollCallIndex {
  readonly known: ReadonlySet<string>
  readonly series: ReadonlyMap<string, RollCall>
}

/** @throws InputError if a roll call of the series is not in the file, or has no date there */
export async function indexRollCalls(
  rows: AsyncIterable<RollCallRow>,
  rcids: readonly string[],
): Promise<RollCallIndex> {
  const wanted = new Set(rcids)
  const known = new Set<string>()
  const series = new Map<string, RollCall>()
  for await (const row of rows) {
    known.add(row.rcid)
    if (wanted.has(row.rcid) && !series.has(row.rcid)) series.set(row.rcid, rollCallOf(row))
  }
  const missing = rcids.filter((rcid) => !series.has(rcid))
  if (missing.length > 0)
    throw new InputError(
      'ROLL_CALL_UNKNOWN',
      `The roll-calls file has no roll call ${listed(missing)}. Its column rcid lists those that it has.`,
    )
  return { known, series }
}

export const listed = (ids: readonly string[]): string =>
  ids.length > 10 ? `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more` : ids.join(', ')

function rollCallOf(row: RollCallRow): RollCall {
  if (!day.safeParse(row.date).success)
    throw new InputError('ROW_INVALID', `Roll call ${row.rcid} has the date '${row.date}', which is no YYYY-MM-DD.`)
  return {
    rcid: row.rcid,
    session: cleaned(row.session, 10),
    date: row.date,
    resolution: cleaned(row.unres, 50) || null,
    title: titleOf(row),
    partial: flagged.parse(row.amend) || flagged.parse(row.para),
  }
}

const flagged = z.string().transform((text) => text === '1')

/** `descr` is the resolution's title in most sessions; in some it is a list of documents and subjects, and `short` is the title. */
function titleOf(row: RollCallRow): string {
  const texts = [row.descr, row.short].map((text) => cleaned(text, 400).replace(ADOPTED, ''))
  return texts.find((text) => text !== '' && !/^A\/\d/.test(text)) ?? texts.find((text) => text !== '') ?? ''
}

const ADOPTED = /\s*:?\s*resolution\s*\/\s*adopted by the general assembly\.?$/i

/** One line without control characters, nor the `Â` that a no-break space became when it was read as Latin-1. */
function cleaned(text: string, lengthMax: number): string {
  const line = text
    .replaceAll('\u00c2\u00a0', ' ')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1).toWellFormed()}…`
}
