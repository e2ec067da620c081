import type { StatementState } from '#libs/ledger/statement.js'
import { LRUCache } from 'lru-cache'
import type { Snapshot } from '../reads/snapshot.js'
import { STATES_OF_STATEMENTS } from './track-states.sql.js'

/** A statement's row without its state: which version of it a snapshot sees. */
export interface RowVersion {
  readonly id: string
  readonly version: string
}

/** States of statements, as their rows hold them. They must not be changed: the next read gets the same objects. */
export interface StateCache {
  /** States of these versions, by id; what is not remembered is fetched in the same snapshot. */
  statesOf(snapshot: Snapshot, rows: readonly RowVersion[]): Promise<Map<string, StatementState>>
}

/**
 * Remembers states by the version of their row: to send and parse those of a long track takes twice as long as to fold
 * it, and tracks are read again and again, on one clock and another.
 */
export const openStateCache = (statementsMax = STATEMENTS_MAX): StateCache => {
  const known = new LRUCache<string, Remembered>({ max: statementsMax })
  return {
    statesOf: async (snapshot, rows) => {
      const generation = snapshot.generation.id
      const states = new Map<string, StatementState>()
      const wanted: RowVersion[] = []
      for (const row of rows) {
        const found = known.get(row.id)
        if (found?.version === row.version && found.generation === generation) states.set(row.id, found.state)
        else wanted.push(row)
      }
      if (wanted.length === 0) return states
      const fetched = await fetchStates(snapshot, wanted)
      for (const { id, version } of wanted) {
        const state = fetched.get(id)
        if (state === undefined) throw new Error(`statement ${id} is gone within one snapshot`)
        known.set(id, { generation, version, state })
        states.set(id, state)
      }
      return states
    },
  }
}

interface Remembered extends Pick<RowVersion, 'version'> {
  readonly generation: number
  readonly state: StatementState
}

/** About 2 kB each. */
const STATEMENTS_MAX = 30_000

const fetchStates = async (snapshot: Snapshot, wanted: readonly RowVersion[]): Promise<Map<string, StatementState>> => {
  const ids = wanted.map(({ id }) => id)
  const rows = await snapshot.rows<{ id: string; state: string }>(STATES_OF_STATEMENTS, [ids], 'states-of-statements')
  return new Map(rows.map(({ id, state }) => [id, JSON.parse(state) as StatementState]))
}
