import type { FeedEvent } from '#libs/contracts/change-feed.js'
import type { ChangeResource, ConflictResource } from '#libs/contracts/resources.js'
import { ids, type Cell, type CsvColumns } from '../formats/csv.js'

/** A change or a conflict; only its id and revision where it was taken down. */
type Told = Partial<Omit<ChangeResource, 'kind'>> &
  Partial<Omit<ConflictResource, 'kind'>> & { kind?: string } & {
    takenDown?: true
  }

/** A FeedItem, whatever its event. */
export interface FeedRow {
  readonly number: number
  readonly event: FeedEvent
  readonly time: string
  readonly change?: Told
  readonly conflict?: Told
}

const told = ({ change, conflict }: FeedRow): Told => change ?? conflict ?? {}

const cell =
  (name: Exclude<keyof Told, 'matters' | 'statements'>) =>
  (row: FeedRow): Cell =>
    told(row)[name] ?? null

const listOf = (one: string | undefined, several: readonly string[] | undefined): Cell =>
  ids(several ?? (one === undefined ? [] : [one]))

/** One row an announcement, of changes and conflicts alike. */
export const FEED_COLUMNS: CsvColumns<FeedRow> = [
  ['number', 'place in the feed', ({ number }) => number],
  ['event', 'change.asserted, conflict.opened …', ({ event }) => event],
  ['time', 'instant', ({ time }) => time],
  ['id', 'UUID of the change or conflict', cell('id')],
  ['actor', 'id', cell('actor')],
  ['dossier', 'id', cell('dossier')],
  ['matters', 'ids; of a change it is one', (row) => listOf(told(row).matter, told(row).matters)],
  ['facet', 'FACT, INTENT or NORM', cell('facet')],
  ['kind', 'REVERSAL, CONTRADICTION …', cell('kind')],
  ['from', 'value before', cell('from')],
  ['to', 'value after', cell('to')],
  ['order', 'certain, assumed or unknown', cell('order')],
  ['statements', 'ids; of a change the one that did it', (row) => listOf(told(row).statement, told(row).statements)],
  ['validFrom', 'day', cell('validFrom')],
  ['entailedFrom', 'id of a matter', cell('entailedFrom')],
  ['reversesEarlier', 'true or false', cell('reversesEarlier')],
  ['settledBy', 'id of a statement, withdrawn, or empty', cell('settledBy')],
  ['revision', 'number', cell('revision')],
  ['revoked', 'true or false', cell('revoked')],
  ['takenDown', 'true: forget what you have under this id; else empty', cell('takenDown')],
]
