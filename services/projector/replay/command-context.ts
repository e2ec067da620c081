import type pg from 'pg'
import type { ReplayConfig } from './replay-config.js'

/** What each command of this process is given. */
export interface CommandContext {
  /** A connection of its own, for locks and transactions. */
  readonly client: pg.Client
  readonly config: ReplayConfig
  readonly signal: AbortSignal
  readonly json: boolean
  readonly out: (line: string) => void
}
