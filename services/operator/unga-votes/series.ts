import { readFileSync } from 'node:fs'
import { entityId } from '#libs/contracts/primitives.js'
import { InputError } from './input-error.js'

/** Roll calls on one matter, one after the other, and where their statements go. */
export interface VoteSeries {
  readonly rcids: readonly string[]
  readonly dossier: string
  readonly matter: string
  readonly title: string
  readonly description?: string
}

/** What the command line says of it. */
export interface SeriesOptions {
  readonly series: string
  readonly dossier?: string | undefined
  readonly matter?: string | undefined
  readonly title?: string | undefined
}

/** Series that need no further words: who gives (some of) these roll calls means this matter. */
const ARMS_TRADE_TREATY: VoteSeries = {
  rcids: ['4676', '4901', '4996', '5247', '5260', '5335', '5426', '5514', '5608', '6098', '9089'],
  dossier: 'arms-trade-treaty',
  matter: 'arms-trade-treaty',
  title: 'The Arms Trade Treaty',
  description:
    'Common international standards for the import, export and transfer of conventional arms, as the General Assembly voted on them from 2006 to 2019.',
}
export const KNOWN_SERIES = [ARMS_TRADE_TREATY] as const

const SERIES_LENGTH_MAX = 10_000

/**
 * The series that the options mean: rcids separated by commas, or a file with rcids separated by commas, spaces or
 * lines (`#` starts a comment).
 * @throws InputError SERIES_INVALID, FILE_MISSING
 */
export function seriesOf(options: SeriesOptions): VoteSeries {
  const rcids = parseRcids(options.series)
  const known = KNOWN_SERIES.find((series) => rcids.every((rcid) => series.rcids.includes(rcid)))
  const dossier = options.dossier ?? known?.dossier
  if (dossier === undefined)
    throw new InputError('SERIES_INVALID', 'Say with --dossier which dossier these votes belong to.')
  const matter = options.matter ?? (dossier === known?.dossier ? known.matter : dossier)
  for (const id of [dossier, matter])
    if (!entityId.max(ID_LENGTH_MAX).safeParse(id).success)
      throw new InputError(
        'SERIES_INVALID',
        `'${id}' is no id: a-z, 0-9, dot, underscore and hyphen, at most ${ID_LENGTH_MAX}.`,
      )
  const described = known?.matter === matter ? known : undefined
  return {
    rcids,
    dossier,
    matter,
    title: options.title ?? described?.title ?? `Votes of the UN General Assembly: ${matter}`,
    ...(described?.description === undefined ? {} : { description: described.description }),
  }
}

/** A statement's id starts with the matter's and must itself stay within 128 characters. */
const ID_LENGTH_MAX = 80

function parseRcids(listOrFile: string): string[] {
  const inline = /^[\d\s,]+$/.test(listOrFile)
  const text = inline ? listOrFile : readSeriesFile(listOrFile).replace(/#.*$/gm, '')
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  const strange = words.find((word) => !/^[1-9]\d{0,8}$/.test(word))
  if (strange !== undefined)
    throw new InputError(
      'SERIES_INVALID',
      `'${strange.slice(0, 50)}' in the series is no rcid: a number as in the column rcid.`,
    )
  const rcids = [...new Set(words)]
  if (rcids.length === 0 || rcids.length > SERIES_LENGTH_MAX)
    throw new InputError(
      'SERIES_INVALID',
      `The series has ${rcids.length} roll calls; it needs 1 to ${SERIES_LENGTH_MAX}.`,
    )
  return rcids
}

function readSeriesFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError(
      'FILE_MISSING',
      `--series is neither a list of rcids nor a file that can be read: ${(error as Error).message}.`,
      error,
    )
  }
}
