import type { StatementState } from '#libs/ledger/statement.js'
import { LRUCache } from 'lru-cache'

/** Parses a stored state. What it gives must not be changed: the next read of the same text gets the same object. */
export type ParseState = (id: string, text: string) => StatementState

/**
 * Remembers what it parsed, by id, as long as the text is the same: parsing the states of a long track takes as long as
 * folding it, and tracks are read again and again, on one clock and another.
 */
export const openStateParser = (statementsMax = STATEMENTS_MAX): ParseState => {
  const known = new LRUCache<string, { readonly text: string; readonly state: StatementState }>({ max: statementsMax })
  return (id, text) => {
    const found = known.get(id)
    if (found?.text === text) return found.state
    const state = JSON.parse(text) as StatementState
    known.set(id, { text, state })
    return state
  }
}

/** About 3 kB each, text and object. */
const STATEMENTS_MAX = 20_000
