import type { Client } from '#libs/postgres/database.js'
import { END_STUCK_SESSIONS } from './checkpoints.sql.js'

/**
 * Ends sessions that hold the lock of the registry and have waited longer than this for what their client sends. Postgres
 * ends who says nothing between two statements, and a statement that takes too long, but looks at neither while it waits for
 * the rows of a COPY: a projector that was stopped while it sent them would hold up all others until it wakes up.
 * @returns how many were ended
 */
export const endStuckSessions = async (client: Client, waitedMsMax: number): Promise<number> => {
  const { rows } = await client.query<{ ended: boolean }>(END_STUCK_SESSIONS, [waitedMsMax])
  return rows.filter(({ ended }) => ended).length
}
