import { LedgerError } from '#libs/contracts/error-codes.js'
import type { StatementState } from '#libs/ledger/statement.js'
import type { Snapshot } from '../reads/snapshot.js'
import type { RowVersion, StateCache } from './state-cache.js'
import { CURRENT_STATES } from './track-states.sql.js'

/** Which tracks to read: those of an actor (canonical), those of dossiers, or of both; absent lets all through. */
export interface TrackSelection {
  readonly actor?: string | undefined
  readonly dossiers?: readonly string[] | undefined
}

export interface StatesRead {
  readonly states: readonly StatementState[]
  /** Statements that counted at the instant and were taken down since. */
  readonly suppressedSince: readonly StatementState[]
}

/** Statements that one read folds, at most: about a second of work. */
export const STATEMENTS_MAX = 50_000

export const tooLarge = (): LedgerError =>
  new LedgerError('RESULT_TOO_LARGE', {
    detail: `More than ${STATEMENTS_MAX} statements would be folded. Name an actor and a dossier.`,
  })

/** Statements as they stand now. @param publicAt leaves out those of which no report was published by then */
export const readCurrentStates = async (
  snapshot: Snapshot,
  { actor, dossiers }: TrackSelection,
  publicAt: string | undefined,
  cache: StateCache,
): Promise<StatesRead> => {
  const rows = await snapshot.rows<RowVersion>(
    CURRENT_STATES,
    [actor ?? null, dossiers ?? null, publicAt ?? null, STATEMENTS_MAX + 1],
    'current-states',
  )
  if (rows.length > STATEMENTS_MAX) throw tooLarge()
  return { states: [...(await cache.statesOf(snapshot, rows)).values()], suppressedSince: [] }
}
