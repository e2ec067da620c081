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
  let batch: Wanted[] = []
  const flush = (): void => {
    const wanted = batch
    batch = []
    void answerAll(reads, wanted)
  }
  return {
    read: (key) =>
      new Promise((resolve, reject) => {
        const length = batch.push({ key, resolve, reject })
        if (length === 1) setImmediate(flush)
        else if (length === BATCH_MAX) flush()
      }),
  }
}

/** A query of this many keys takes a few milliseconds; those behind it should not wait for more. */
const BATCH_MAX = 200

interface Wanted {
  readonly key: PositionKey
  readonly resolve: (body: string | null) => void
  readonly reject: (error: unknown) => void
}

interface PositionRow extends LiveRow {
  body: string | null
}

/** Never rejects: a failure is that of everyone who shared the query. */
const answerAll = async (reads: LedgerReads, wanted: readonly Wanted[]): Promise<void> => {
  if (wanted.length === 0) return
  try {
    const rows = await reads.query<PositionRow>(READ_POSITIONS, [
      wanted.map(({ key }) => key.actor),
      wanted.map(({ key }) => key.matter),
      wanted.map(({ key }) => key.facet),
    ])
    wanted.forEach(({ resolve }, index) => resolve(rows[index]?.body ?? null))
  } catch (error) {
    for (const { reject } of wanted) reject(error)
  }
}
