import { z } from 'zod'
import type { Announced } from './derived-events.js'
import { instant } from './primitives.js'
import { EXAMPLES } from './resource-examples.js'
import { ChangeResource, ConflictResource } from './resources.js'

/**
 * The feed of changes as the api gives it, live and by pages: what `ledger.position-changes.v1` carries, without the
 * envelope that only a topic needs (docs/live.md).
 */
export const FEED_EVENTS = [
  'change.asserted',
  'change.revoked',
  'conflict.opened',
  'conflict.settled',
  'conflict.revoked',
] as const
export type FeedEvent = (typeof FEED_EVENTS)[number]

const TakenDown = z
  .object({
    id: z.uuid().describe('Its id: it never changes'),
    revision: z.int().nullable().describe('How often it was asserted or revoked so far; null in reads with a clock'),
    revoked: z.literal(true).describe('Later recording has made it untrue'),
    takenDown: z.literal(true).describe('It was taken down'),
  })
  .meta({
    id: 'TakenDown',
    description:
      'In the place of a change or conflict whose statement was taken down: forget what you have under this id. It goes to ' +
      'every filter but `event`, since matching would tell what it was.',
  })

const place = {
  number: z
    .int()
    .positive()
    .describe('Its place in the feed, from 1, in the order of publication; the id of the live stream')
    .meta({ examples: [1042] }),
  time: instant.describe('When the ledger made it out of what was recorded'),
}
const item = <E extends FeedEvent, S extends z.core.$ZodLooseShape>(event: E, subject: S, description: string) =>
  z
    .object({
      number: place.number,
      event: z.literal(event).describe('What happened: as `event` of the live stream'),
      time: place.time,
      ...subject,
    })
    .describe(description)

/** One announcement of the feed. */
export const FeedItem = z
  .discriminatedUnion('event', [
    item('change.asserted', { change: ChangeResource }, 'A position changed, or what is known of a change was revised'),
    item(
      'change.revoked',
      { change: z.union([ChangeResource, TakenDown]).describe('The change as it was, or that it was taken down') },
      'Later recording has made it untrue',
    ),
    item('conflict.opened', { conflict: ConflictResource }, 'Two statements of one actor cannot both stand'),
    item(
      'conflict.settled',
      { conflict: ConflictResource },
      'A later statement settled it, or one of the two was withdrawn',
    ),
    item(
      'conflict.revoked',
      {
        conflict: z.union([ConflictResource, TakenDown]).describe('The conflict as it was, or that it was taken down'),
      },
      'Later recording has made it untrue',
    ),
  ])
  .meta({
    id: 'FeedItem',
    description: 'What was asserted, revoked, opened or settled. The latest revision of a change or conflict holds.',
  })
export type FeedItem = z.output<typeof FeedItem>

export const FeedPage = z
  .object({
    items: z.array(FeedItem).describe('What the page holds'),
    next: z
      .string()
      .describe('Keep it, and send it back as `after`')
      .meta({ examples: ['1042'] }),
    more: z.boolean().describe('Whether there is more already: ask again at once'),
  })
  .meta({
    id: 'FeedPage',
    examples: [
      {
        items: [{ number: 1042, event: 'change.asserted', time: '2022-12-03T08:15:00.000Z', change: EXAMPLES.Change }],
        next: '1042',
        more: false,
      },
    ],
    description: 'What was published after a number, in the order of publication',
  })

/** The last event of a stream that the ledger ends. */
export const StreamClosed = z
  .object({
    code: z.string().describe('A code of docs/errors.md'),
    detail: z.string().describe('What exactly is wrong, or why it was not applied'),
    lastEventId: z.string().describe('The last id that was sent: resume from the last one that you have'),
  })
  .meta({ id: 'StreamClosed' })

export const feedEventOf = (announced: Announced): FeedEvent =>
  'change' in announced ? `change.${announced.announcement}` : `conflict.${announced.announcement}`
