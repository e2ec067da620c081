import { fitsTextColumn, textColumn } from '#libs/postgres/text-columns.js'
import { gathered } from '../reads/gather.js'
import type { LedgerReads, LiveRow } from '../reads/snapshot.js'
import { READ_POSITIONS } from './read-position.sql.js'

export interface PositionKey {
  readonly actor: string
  readonly matter: string
  readonly facet: string
}

/** Reads stored bodies by key. Reads that are asked for in one turn of the event loop share one query. */
export interface PositionReader {
  /** The body as it is stored, or null where the actor has no position there. */
  read(key: PositionKey): Promise<string | null>
}

export const openPositionReader = (reads: LedgerReads): PositionReader => {
  const read = gathered((keys: readonly PositionKey[]) => readAll(reads, keys), GATHERED_MAX)
  return { read: (key) => (canStand(key) ? read(key) : NOWHERE) }
}

const NOWHERE = Promise.resolve(null)
const canStand = ({ actor, matter, facet }: PositionKey): boolean =>
  facet !== '' && [actor, matter, facet].every(fitsTextColumn)

/** A query of this many keys takes a few milliseconds; those behind it should not wait for more. */
const GATHERED_MAX = 200

interface BodiesRow extends LiveRow {
  bodies: string
}

const readAll = async (reads: LedgerReads, keys: readonly PositionKey[]): Promise<(string | null)[]> => {
  const [row] = await reads.query<BodiesRow>(READ_POSITIONS, [
    textColumn(keys.map(({ actor }) => actor)),
    textColumn(keys.map(({ matter }) => matter)),
    textColumn(keys.map(({ facet }) => facet)),
  ])
  return (row?.bodies ?? '').split('\n').map((body) => (body === '' ? null : body))
}
