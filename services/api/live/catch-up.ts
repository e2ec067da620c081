import type { LedgerReads } from '../reads/snapshot.js'
import { BATCH_MAX, type Broadcast } from './broadcast.js'
import { frameOf, type FeedEntry } from './feed-entry.js'
import { canonicalActorOf, matcherOf } from './feed-filter.js'
import { asMayBeShown, readFeed } from './read-feed.js'
import type { RecentEntries } from './recent-entries.js'
import type { Subscriber } from './subscriber.js'
import type { RegistryFollower } from '../registry/follow-registry.js'

export interface CatchUpFrom {
  readonly reads: LedgerReads
  readonly registry: RegistryFollower
  readonly recent: RecentEntries
  readonly broadcast: Broadcast
  /** How long it may take nothing in. */
  readonly drainMsMax: number
}

/**
 * Brings a subscriber to where the others are, at its own pace: by pages of the outbox, then from the recent entries, and
 * joins it in the same turn in which it has all that was sent.
 * @returns why it was not joined: 'slow', or undefined if it was, or has ended
 */
export const catchUp = async (subscriber: Subscriber, from: CatchUpFrom): Promise<'slow' | undefined> => {
  const { broadcast, reads } = from
  const matches = matcherOf(subscriber.options.filter, await canonicalActorOf(from, subscriber.options.filter.actor))
  for (;;) {
    if (!(await subscriber.drained(from.drainMsMax))) return subscriber.end === undefined ? 'slow' : undefined
    if (broadcast.takes(subscriber)) {
      broadcast.join(subscriber)
      return undefined
    }
    // its number came from a page, or from another api, that is ahead of the topic as it is read here
    if (subscriber.number > broadcast.number) {
      await broadcast.moved(subscriber.ended)
      continue
    }
    const part = await nextPart(subscriber, from)
    if (part === 'slow') return 'slow'
    const entries = await asMayBeShown(reads, part.entries)
    const text = entries
      .filter((entry) => entry.body !== null && matches(entry))
      .map(frameOf)
      .join('')
    subscriber.write(text, part.last)
  }
}

interface Part {
  readonly entries: readonly FeedEntry[]
  readonly last: number
}

const nextPart = async (subscriber: Subscriber, { reads, recent, broadcast }: CatchUpFrom): Promise<Part | 'slow'> => {
  const after = subscriber.number
  if (recent.reachesBackTo(after)) {
    const entries = recent.between(after, broadcast.number, BATCH_MAX)
    return { entries, last: entries.at(-1)?.number ?? broadcast.number }
  }
  // the others have moved on by all that is kept for who is a little behind
  if (subscriber.wasLive) return 'slow'
  const { entries, last } = await readFeed(reads, { after, countMax: BATCH_MAX })
  return { entries, last }
}
