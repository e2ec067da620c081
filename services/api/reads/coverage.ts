import { setTimeout } from 'node:timers/promises'
import { LedgerError } from '#libs/contracts/error-codes.js'
import { checkpointKey, uncovered, type Checkpoints, type CoveredRecord } from './ledger-after.js'
import type { LedgerReads, LiveRow } from './snapshot.js'

/**
 * Waits until reads cover what a caller wrote. What has once been seen in a committed snapshot is in every later one,
 * so it is enough that the answer's own snapshot is taken after this has returned; a promotion keeps that true, since it
 * needs equal checkpoints.
 */
export interface Coverage {
  /** @throws LedgerError NOT_YET_VISIBLE when the bound has passed; OVERLOADED when too many wait */
  waitFor(records: readonly CoveredRecord[]): Promise<void>
  /**
   * Checkpoints have moved: whoever waits for them is let go.
   * @param news which, and how far, of a transaction that is committed; absent: whoever waits looks now
   */
  moved(news?: MovedCheckpoints): void
}

export interface MovedCheckpoints {
  readonly generation: number
  readonly moved: Checkpoints
}

export interface CoverageOptions {
  readonly waitMsMax: number
  /** How often to look without being told: a notification can be lost with its connection. */
  readonly pollMs?: number
}

export const openCoverage = (reads: LedgerReads, { waitMsMax, pollMs = 100 }: CoverageOptions): Coverage => {
  let seen: SeenCheckpoints = { live: undefined, checkpoints: new Map() }
  let looking = false
  let stir: () => void = () => undefined
  const waiters = new Set<Waiter>()
  const letGo = (): void => {
    for (const waiter of waiters) if (waiter.check(seen.checkpoints)) waiters.delete(waiter)
  }
  const lookOnce = async (): Promise<void> => {
    const found = await readCheckpoints(reads)
    // it may be older than what was told meanwhile
    seen = found.live === seen.live ? { ...found, checkpoints: furthest(seen.checkpoints, found.checkpoints) } : found
    letGo()
  }
  // one loop for all who wait: however many they are, there is one query at a time
  const look = async (): Promise<void> => {
    looking = true
    while (waiters.size > 0) {
      const stirred = new Promise<void>((resolve) => (stir = resolve))
      await lookOnce().catch((error: unknown) => giveUp(waiters, error))
      if (waiters.size > 0) await Promise.race([stirred, setTimeout(pollMs)])
    }
    looking = false
  }
  return {
    moved: (news) => {
      // of another generation than we know as the live one: one that is being built, or has been promoted
      if (news === undefined || news.generation !== seen.live) return stir()
      seen = { ...seen, checkpoints: furthest(seen.checkpoints, news.moved) }
      letGo()
    },
    waitFor: async (records) => {
      if (uncovered(records, seen.checkpoints).length === 0) return
      if (waiters.size >= WAITING_MAX) throw new LedgerError('OVERLOADED', { retryAfterSeconds: 1 })
      const covered = waitUntil(records, performance.now() + waitMsMax, waiters)
      if (!looking) void look()
      await covered
    },
  }
}

interface SeenCheckpoints {
  /** The generation that they are of; undefined before the first look. */
  readonly live: number | undefined
  readonly checkpoints: Checkpoints
}

const furthest = (some: Checkpoints, others: Checkpoints): Checkpoints => {
  const result = new Map(some)
  for (const [place, next] of others) if ((result.get(place) ?? 0n) < next) result.set(place, next)
  return result
}

/** Settles once the records are covered, or the deadline has passed; true then. */
interface Waiter {
  check(checkpoints: Checkpoints): boolean
  fail(error: unknown): void
}

const waitUntil = (records: readonly CoveredRecord[], deadline: number, waiters: Set<Waiter>): Promise<void> =>
  new Promise((resolve, reject) => {
    waiters.add({
      fail: reject,
      check: (checkpoints) => {
        const missing = uncovered(records, checkpoints)
        if (missing.length === 0) resolve()
        else if (performance.now() >= deadline) reject(notYetVisible(missing))
        else return false
        return true
      },
    })
  })

const giveUp = (waiters: Set<Waiter>, error: unknown): void => {
  for (const waiter of waiters) waiter.fail(error)
  waiters.clear()
}

const WAITING_MAX = 1_000

const READ_CHECKPOINTS = (schema: string): string => `
select live.id as live, topic, partition, next_offset::text as next_offset, '${schema}' as schema_name
  from (select id from ledger.generation where status = 'live') as live
  left join ledger.checkpoint on checkpoint.generation = live.id`

interface CheckpointRow extends LiveRow {
  topic: string | null
  partition: number
  next_offset: string
}

const readCheckpoints = async (reads: LedgerReads): Promise<SeenCheckpoints> => {
  const rows = await reads.query<CheckpointRow>({ name: 'read-checkpoints', text: READ_CHECKPOINTS }, [])
  const checkpoints = new Map(
    rows.flatMap(({ topic, partition, next_offset }): [string, bigint][] =>
      topic === null ? [] : [[checkpointKey(topic, partition), BigInt(next_offset)]],
    ),
  )
  return { live: rows[0]?.live, checkpoints }
}

const notYetVisible = (missing: readonly CoveredRecord[]): LedgerError =>
  new LedgerError('NOT_YET_VISIBLE', {
    detail: `Not yet read: ${missing.map(({ topic, partition, offset }) => `${topic} ${partition}:${offset}`).join(', ')}.`,
    retryAfterSeconds: 1,
  })
