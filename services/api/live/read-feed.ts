import { LedgerError } from '#libs/contracts/error-codes.js'
import type { Announced } from '#libs/contracts/derived-events.js'
import type { LedgerReads, LiveRow } from '../reads/snapshot.js'
import { feedEntryOf, shown, type FeedEntry } from './feed-entry.js'
import { READ_FEED, TAKEN_DOWN_AMONG } from './feed.sql.js'

/** A part of the feed, from the rows of the outbox, which are kept for ever. */
export interface FeedPart {
  readonly entries: readonly FeedEntry[]
  /** The number up to which nothing was left out. */
  readonly last: number
  /** The highest number that was given. */
  readonly newest: number
}

/** @throws LedgerError NUMBER_AHEAD if `after` was not given to anything yet; NOT_READY while Postgres is away */
export const readFeed = async (
  reads: LedgerReads,
  { after, countMax }: { readonly after: number; readonly countMax: number },
): Promise<FeedPart> => {
  const rows = await reads.query<FeedRow>({ name: 'read-feed', text: () => READ_FEED }, [after, countMax])
  const newest = rows[0]?.newest ?? 0
  if (after > newest) throw numberAhead(newest)
  const entries = rows.flatMap(entriesOf)
  const last = entries.length < countMax ? newest : (entries.at(-1)?.number ?? newest)
  return { entries: await asMayBeShown(reads, entries), last, newest }
}

export const newestNumber = async (reads: LedgerReads): Promise<number> =>
  (await readFeed(reads, { after: 0, countMax: 0 })).newest

/** Entries without what was taken down. The question is asked after they were read, so that no takedown falls in between. */
export const asMayBeShown = async (
  reads: LedgerReads,
  entries: readonly FeedEntry[],
): Promise<readonly FeedEntry[]> => {
  const statements = new Set(entries.flatMap(({ body, statements }) => (body === null ? [] : statements)))
  if (statements.size === 0) return entries
  const [row] = await reads.query<TakenDownRow>({ text: TAKEN_DOWN_AMONG }, [[...statements]])
  const takenDown = new Set(row?.taken_down)
  return takenDown.size === 0 ? entries : entries.map((entry) => shown(entry, takenDown))
}

export const numberAhead = (newest: number): LedgerError =>
  new LedgerError('NUMBER_AHEAD', {
    detail: `The feed has come to ${newest}. Resume from a number that it gave you, or from 0.`,
  })

interface FeedRow extends LiveRow {
  newest: number
  number: number | null
  announced_at: Date
  announced: string
}

interface TakenDownRow extends LiveRow {
  taken_down: string[]
}

const entriesOf = ({ number, announced_at, announced }: FeedRow): FeedEntry[] =>
  number === null ? [] : [feedEntryOf(JSON.parse(announced) as Announced, { number, time: announced_at.toISOString() })]
