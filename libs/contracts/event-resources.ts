import { z } from 'zod'
import { EXAMPLES } from './resource-examples.js'
import { recordedInstant } from './resource-fields.js'
import { OUTCOMES } from './vocabulary.js'

/** What the api answers with of the record: what became of an event, and how far the record has been read. */

const address = {
  topic: z
    .string()
    .meta({ examples: ['ledger.statements.v1'] })
    .describe('Name of the topic'),
  partition: z.int().describe('Partition of the topic'),
  offset: z.string().describe('Decimal text, since offsets outgrow what JSON numbers carry'),
}
/** What became of a record. */
export const verdict = {
  outcome: z.enum(OUTCOMES).describe('What became of it: docs/design.md 5, "Outcomes"'),
  code: z.string().nullable().describe('Why it was not applied: a code of the error catalogue'),
  detail: z.string().nullable().describe('What exactly is wrong, or why it was not applied'),
  pointer: z.string().nullable().describe('JSON pointer to what is wrong'),
  missing: z.array(z.string()).describe('What a pending event waits for, as `actor:irn`'),
}

export const EventResource = z
  .object({
    id: z.string().nullable().describe('Null for a record that is no event'),
    type: z.string().nullable().describe('Type of the event, with its version'),
    subject: z.string().nullable().describe('Id of the entity that it is about'),
    dossier: z.string().nullable().describe('Id of the dossier; null where there is none'),
    ...verdict,
    ...address,
    recordedAt: recordedInstant,
    repeats: z
      .array(z.object({ ...address, ...verdict, recordedAt: recordedInstant }))
      .describe('Later records with the same event id'),
    links: z
      .object({
        self: z.string().nullable().describe('Path of this event'),
        subject: z.string().nullable().describe('Path of what it is about'),
      })
      .describe('Where to read on, as paths of the api'),
  })
  .meta({ id: 'Event', examples: [EXAMPLES.Event], description: 'What became of one event.' })
export type EventResource = z.output<typeof EventResource>

const CheckpointResource = z.object({
  topic: address.topic,
  partition: address.partition,
  nextOffset: z.string().describe('First offset that is not yet read'),
  recordedAt: recordedInstant.nullable().describe('When the last record that was read had been recorded'),
})

export const StatusResource = z
  .object({
    generation: z.int().describe('Which build of the read models answers'),
    reducer: z.string().describe('Version of the code that built it'),
    checkpoints: z.array(CheckpointResource).describe('How far each partition of the record is read'),
    quarantined: z.int().describe('Records that an operator has to decide on'),
    pending: z.int().describe('Events that wait for something they refer to, or behind another event'),
    staleTracks: z.int().describe('Tracks whose fold failed and that keep their last good positions'),
  })
  .meta({ id: 'Status', examples: [EXAMPLES.Status], description: 'How far this ledger has read the record.' })
export type StatusResource = z.output<typeof StatusResource>
