import { z } from 'zod'
import { instant, text } from './primitives.js'
import { ChangeResource, ConflictResource, PositionResource } from './resources.js'

/**
 * What the derived topics carry (docs/design.md 2, 7), for who subscribes to them.
 *
 * `ledger.position-changes.v1`: CloudEvents in structured JSON, key = dossier. `data.number` runs from 1 without a gap in the
 * order of the topic: it is the id of the live stream, and what `GET /v1/changes?after=` takes (change-feed.ts). `id` hangs on the change
 * and its revision alone, so that an event that had to be published again can be told by it.
 *
 * `ledger.positions.v1`: compacted, key = actor|matter|facet, value = Position, or null once there is none.
 *
 * Both are written in Kafka transactions: read them with `isolation.level=read_committed`.
 */
const number = z
  .int()
  .positive()
  .describe('Place in the feed of changes, from 1, without a gap')
  .meta({ examples: [1042] })

const ChangeAnnounced = z.object({ number, change: ChangeResource })
const ConflictAnnounced = z.object({ number, conflict: ConflictResource })

/** `data` by event type. */
export const DERIVED_EVENTS = {
  'ledger.change.asserted.v1': ChangeAnnounced.meta({
    description: 'A position changed, or what is known of a change was revised: the latest revision of an id holds.',
  }),
  'ledger.change.revoked.v1': ChangeAnnounced.meta({
    description: 'What was recorded since has made a change untrue. A higher revision may assert it again.',
  }),
  'ledger.conflict.opened.v1': ConflictAnnounced.meta({
    description: 'Two statements of one actor cannot both stand, and neither may displace the other.',
  }),
  'ledger.conflict.settled.v1': ConflictAnnounced.meta({
    description: 'A later statement settled a conflict, or one of the two was withdrawn.',
  }),
  'ledger.conflict.revoked.v1': ConflictAnnounced.meta({
    description: 'What was recorded since has made a conflict untrue.',
  }),
} as const
export type DerivedEventType = keyof typeof DERIVED_EVENTS
export const DERIVED_EVENT_TYPES = Object.keys(DERIVED_EVENTS) as DerivedEventType[]

/** The value of a record of `ledger.positions.v1` that is no tombstone. */
export const PositionRecord = PositionResource

const envelopeOf = <T extends DerivedEventType>(type: T) =>
  z.looseObject({
    specversion: z.literal('1.0'),
    id: text(200).describe('The id of the change or conflict, a dot, and its revision'),
    source: z.literal(DERIVED_SOURCE),
    type: z.literal(type),
    subject: z.uuid().describe('Id of the change or conflict'),
    time: instant.describe('When the projector made it out of what was recorded'),
    datacontenttype: z.literal('application/json'),
    dataschema: z.literal(`urn:statement-ledger:schema:${type}` as const),
    partitionkey: text(200).describe('The dossier'),
    data: DERIVED_EVENTS[type],
  })

export const DERIVED_SOURCE = 'urn:statement-ledger:projector'

/** An event of `ledger.position-changes.v1`, whole. */
export const DerivedEvent = z.discriminatedUnion('type', [
  envelopeOf('ledger.change.asserted.v1'),
  envelopeOf('ledger.change.revoked.v1'),
  envelopeOf('ledger.conflict.opened.v1'),
  envelopeOf('ledger.conflict.settled.v1'),
  envelopeOf('ledger.conflict.revoked.v1'),
])
export type DerivedEvent = z.output<typeof DerivedEvent>

/** What the projector says about a change or a conflict, as the outbox holds it. */
export type Announced =
  | { readonly announcement: 'asserted' | 'revoked'; readonly change: ChangeResource }
  | { readonly announcement: 'opened' | 'settled' | 'revoked'; readonly conflict: ConflictResource }

/**
 * The event that announces a change or a conflict on the topic.
 * @param time ISO instant
 */
export function derivedEvent(announced: Announced, place: { readonly number: number; readonly time: string }) {
  const { number, time } = place
  if ('change' in announced) {
    const { announcement, change } = announced
    return eventOf(`ledger.change.${announcement}.v1`, change, time, { number, change })
  }
  const { announcement, conflict } = announced
  return eventOf(`ledger.conflict.${announcement}.v1`, conflict, time, { number, conflict })
}

type Subject = Pick<ChangeResource, 'id' | 'dossier' | 'revision'>

const eventOf = <T extends DerivedEventType, D>(type: T, subject: Subject, time: string, data: D) => ({
  specversion: '1.0' as const,
  id: `${subject.id}.${subject.revision ?? 0}`,
  source: DERIVED_SOURCE,
  type,
  subject: subject.id,
  time,
  datacontenttype: 'application/json' as const,
  dataschema: `urn:statement-ledger:schema:${type}` as const,
  partitionkey: subject.dossier,
  data,
})
