import type pg from 'pg'
import { compareGenerations, type Comparison } from '#libs/generations/compare-generations.js'
import type { Difference } from '#libs/generations/difference.js'
import { connect } from '#libs/postgres/database.js'
import type { DatabaseConfig } from '#libs/postgres/config.js'
import { schemaNameOf } from '#libs/postgres/generation.js'
import { readCheckpoints, type GenerationChoice } from '../checkpoints/checkpoints.js'
import type { LiveFollower } from './follow-live.js'

export interface Parity extends Comparison {
  /** The generation that the candidate was compared with. */
  readonly live: number
}

/**
 * Compares a candidate with another generation as of one moment: in one snapshot of that one, which goes on meanwhile, the
 * candidate reads to exactly where the snapshot stands, and stops (docs/design.md 7, "Generations").
 */
export const compareAtOneMoment = async (
  database: DatabaseConfig,
  follower: LiveFollower,
  options: {
    readonly with?: GenerationChoice
    /** Whether the candidate is the first of the two. Default false. */
    readonly isFirst?: boolean
    readonly signal: AbortSignal
    readonly onDifference?: (difference: Difference) => void
  },
): Promise<Parity> => {
  const snapshot = await openSnapshot(database)
  try {
    const other = await readCheckpoints(snapshot, options.with ?? 'live')
    await follower.followTo(other, options.signal)
    const theirs = { client: snapshot, schemaName: other.schemaName }
    const own = { client: follower.client, schemaName: schemaNameOf(follower.options.generation) }
    const [a, b] = options.isFirst ? [own, theirs] : [theirs, own]
    const comparison = await compareGenerations(a, b, options.onDifference)
    return { ...comparison, live: other.generation }
  } finally {
    await snapshot.end()
  }
}

const openSnapshot = async (database: DatabaseConfig): Promise<pg.Client> => {
  const options = { applicationName: 'ledger replay snapshot', onIdleError: () => undefined }
  const client = await connect({ ...database, statementMsMax: 0 }, options)
  await client.query('begin isolation level repeatable read read only')
  return client
}
