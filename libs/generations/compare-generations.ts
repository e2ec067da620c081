import { createHash, type Hash } from 'node:crypto'
import { COUNT_ROWS } from './contents.sql.js'
import type { Difference, GenerationView } from './difference.js'
import { differingContents } from './differing-contents.js'
import { differingTracks } from './differing-tracks.js'

export interface RowCounts {
  readonly entities: number
  readonly statements: number
  readonly tracks: number
  readonly positions: number
  readonly changes: number
  readonly conflicts: number
  readonly duplicates: number
  readonly pending: number
  readonly quarantined: number
  readonly staleOrDismissed: number
}

export interface Comparison {
  readonly counts: { readonly a: RowCounts; readonly b: RowCounts }
  readonly tracks: { readonly equal: number; readonly differing: number }
  readonly differences: Readonly<Record<Difference['kind'], number>>
  readonly equal: boolean
  /** Of all differences: what an operator accepts, and nothing else. Null where there are none. */
  readonly digest: string | null
  /** Of those of tracks alone; null where there are none. */
  readonly trackDigest: string | null
}

type OnDifference = (difference: Difference) => void
const nothing: OnDifference = () => undefined

/**
 * Compares two generations: the digests of tracks, and what else the records decide. Where they differ, row by row, a bounded
 * number of tracks at a time.
 * @param onDifference each difference, in an order that only the differences decide
 */
export const compareGenerations = async (
  a: GenerationView,
  b: GenerationView,
  onDifference: OnDifference = nothing,
): Promise<Comparison> => {
  const differences = { position: 0, change: 0, conflict: 0, track: 0, statement: 0, outcome: 0, entity: 0 }
  const count: OnDifference = (difference) => {
    differences[difference.kind]++
    onDifference(difference)
  }
  const { digest: trackDigest, ...tracks } = await compareTracks(a, b, count)
  const hash = createHash('sha256')
  const note: OnDifference = (difference) => {
    addTo(hash, difference)
    count(difference)
  }
  for (const kind of ['statement', 'outcome', 'entity'] as const) await differingContents(kind, a, b, note)
  const equal = Object.values(differences).every((found) => found === 0)
  return {
    counts: { a: await countRows(a), b: await countRows(b) },
    tracks,
    differences,
    equal,
    digest: equal ? null : digitsOf(hash.update(trackDigest ?? '')),
    trackDigest,
  }
}

/** The same for tracks alone (positions, changes, conflicts): quick enough to be done while nothing is projected. */
export const compareTracks = async (
  a: GenerationView,
  b: GenerationView,
  onDifference: OnDifference = nothing,
): Promise<Comparison['tracks'] & { readonly digest: string | null }> => {
  const hash = createHash('sha256')
  const tracks = await differingTracks(a, b, (difference) => {
    addTo(hash, difference)
    onDifference(difference)
  })
  return { ...tracks, digest: tracks.differing === 0 ? null : digitsOf(hash) }
}

/** Short enough to be typed, long enough for nobody to hit another one by mistake. */
const DIGEST_DIGITS = 24
const digitsOf = (hash: Hash): string => hash.digest('hex').slice(0, DIGEST_DIGITS)

const countRows = async ({ client, schemaName }: GenerationView): Promise<RowCounts> => {
  const { rows } = await client.query<RowCounts>(COUNT_ROWS(schemaName))
  const [counts] = rows
  if (counts === undefined) throw new Error('a count gives one row')
  return counts
}

const addTo = (hash: Hash, difference: Difference): void => {
  hash.update(`${JSON.stringify(difference)}\n`)
}
