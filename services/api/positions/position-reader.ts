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

export const openPositionReader = (reads: LedgerReads): PositionReader => ({
  read: gathered((keys) => readAll(reads, keys), GATHERED_MAX),
})

/** A query of this many keys takes a few milliseconds; those behind it should not wait for more. */
const GATHERED_MAX = 200

interface PositionRow extends LiveRow {
  body: string | null
}

const readAll = async (reads: LedgerReads, keys: readonly PositionKey[]): Promise<(string | null)[]> => {
  const rows = await reads.query<PositionRow>(READ_POSITIONS, [
    keys.map(({ actor }) => actor),
    keys.map(({ matter }) => matter),
    keys.map(({ facet }) => facet),
  ])
  return rows.map(({ body }) => body)
}
