import { setTimeout } from 'node:timers/promises'
import { LedgerError } from '#libs/contracts/error-codes.js'
import type { LedgerReads, LiveRow } from '../reads/snapshot.js'
import { HAS_UNNUMBERED, LAST_UNNUMBERED } from './feed.sql.js'

/**
 * Waits until what is projected now has its numbers in the feed: the relay gives them a moment after the commit. A reader
 * that sent `Ledger-After` would otherwise miss what it wrote.
 */
export type UntilNumbered = () => Promise<void>

/** @returns a wait that throws LedgerError NOT_YET_VISIBLE when the bound has passed */
export const openNumbering =
  (reads: LedgerReads, { waitMsMax }: { readonly waitMsMax: number }): UntilNumbered =>
  async () => {
    const [row] = await reads.query<LiveRow & { last: number }>({ text: () => LAST_UNNUMBERED }, [])
    const last = row?.last ?? 0
    const deadline = performance.now() + waitMsMax
    while (last > 0 && (await waits(reads, last))) {
      if (performance.now() >= deadline)
        throw new LedgerError('NOT_YET_VISIBLE', {
          detail: 'It is projected, but not in the feed of changes yet: is a relay running?',
          retryAfterSeconds: 1,
        })
      await setTimeout(POLL_MS)
    }
  }

const POLL_MS = 25

const waits = async (reads: LedgerReads, last: number): Promise<boolean> => {
  const [row] = await reads.query<LiveRow & { waits: boolean }>({ text: () => HAS_UNNUMBERED }, [last])
  return row?.waits === true
}
