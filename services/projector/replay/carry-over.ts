import type { Client } from '#libs/postgres/database.js'
import {
  CARRY_OVER_ROWS,
  CARRY_OVER_TRACKS,
  CREATE_CARRIED,
  DROP_OWN_REVOKED,
  FIRST_SAID_ROWS,
  NOTE_ALL_TRACKS,
  NOTE_MOVED_TRACKS,
  TAKE_OVER_REVOKED,
} from './carry-over.sql.js'

/** Two generations by their schemas. */
export interface GenerationPair {
  readonly live: string
  readonly own: string
}

/** Rows that a promotion makes different from what was published: ids, in the candidate. */
export interface CarriedDifferences {
  readonly changes: string[]
  readonly conflicts: string[]
}

const TABLES = ['change', 'conflict'] as const

/**
 * Carries the history of what was published over to a candidate, for all tracks, while the live generation goes on: so that
 * little is left to do while it is locked. Leaves a temporary table, which `carryOverRest` needs on the same connection.
 */
export const carryOverAll = async (client: Client, { live, own }: GenerationPair): Promise<void> => {
  await client.query(CREATE_CARRIED)
  await client.query(NOTE_ALL_TRACKS(live, own))
  const now = new Date().toISOString()
  for (const table of TABLES) {
    await client.query(DROP_OWN_REVOKED(table, own))
    await client.query(CARRY_OVER_ROWS(table, live, own), [now])
    await client.query(TAKE_OVER_REVOKED(table, live, own), [now, false])
  }
  await client.query(CARRY_OVER_TRACKS(live, own), [now])
}

/**
 * The same for the tracks that have moved since, and those that differ: what is not as it was published gets its next
 * revision. The live generation must be locked.
 * @param recordedAt ISO instant from which the differences are said
 */
export const carryOverRest = async (
  client: Client,
  { live, own }: GenerationPair,
  recordedAt: string,
): Promise<CarriedDifferences> => {
  await client.query(NOTE_MOVED_TRACKS(live, own))
  const [changes, conflicts] = [
    await carryOverTable(client, 'change', { live, own }, recordedAt),
    await carryOverTable(client, 'conflict', { live, own }, recordedAt),
  ]
  await client.query(CARRY_OVER_TRACKS(live, own), [recordedAt])
  return { changes, conflicts }
}

const carryOverTable = async (
  client: Client,
  table: 'change' | 'conflict',
  { live, own }: GenerationPair,
  recordedAt: string,
): Promise<string[]> => {
  await client.query(DROP_OWN_REVOKED(table, own))
  const ids: string[] = []
  for (const [sql, values] of [
    [CARRY_OVER_ROWS(table, live, own), [recordedAt]],
    [FIRST_SAID_ROWS(table, live, own), [recordedAt]],
    [TAKE_OVER_REVOKED(table, live, own), [recordedAt, true]],
  ] as const) {
    const { rows } = await client.query<{ id: string }>(sql, [...values])
    for (const { id } of rows) ids.push(id)
  }
  return ids
}
