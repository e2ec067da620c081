import { decodeEvent } from '#libs/contracts/cloud-event.js'
import { isStatementEvent, type StatementEvent } from '#libs/contracts/events.js'
import { LRUCache } from 'lru-cache'

/** A record of the statements topic, as the journal keeps it. */
export interface JournalRecord {
  readonly partition: number
  readonly offset: string
  readonly value: string | null
}

/** Statement events of the journal, by where they stand. They must not be changed: the next read gets the same objects. */
export interface JournalEvents {
  /** @returns null for what is no statement event that can be read */
  eventOf(record: JournalRecord): StatementEvent | null
}

/** Remembers what it decoded: a record never changes, and to decode it takes longer than all else that is done with it. */
export const openJournalEvents = (eventsMax = EVENTS_MAX): JournalEvents => {
  const known = new LRUCache<string, { readonly event: StatementEvent | null }>({ max: eventsMax })
  return {
    eventOf: (record) => {
      const place = `${record.partition}.${record.offset}`
      const found = known.get(place)
      if (found) return found.event
      const event = decoded(record)
      known.set(place, { event })
      return event
    },
  }
}

/** About 2 kB each. */
const EVENTS_MAX = 10_000

const decoded = ({ value }: JournalRecord): StatementEvent | null => {
  const result = value === null ? null : decodeEvent(value)
  return result?.ok && isStatementEvent(result.event) ? result.event : null
}
