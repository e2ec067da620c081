import { z } from 'zod'
import { ChangeFields, CONDITION_STATES, ConflictFields, DisputeFields, PositionFields } from './resource-fields.js'
import { OnBehalfOf, Evidence } from './statement-events.js'
import { Party } from './registry-events.js'
import { Condition, Stance } from './stance.js'
import { day, entityId } from './primitives.js'
import { ACTOR_KINDS, ACTS, ALL_VALUES, AUTHORITIES, FACETS, OUTCOMES } from './vocabulary.js'

/**
 * What the api answers with: the one source of its types, its OpenAPI document and its stored bodies. A field is never
 * absent: what is not known is null, what is not there is an empty list, so that two readers never guess differently.
 * Names of actors and matters are left out on purpose: they are revised, ids are not. docs/design.md 8.
 */

const recordedInstant = z.string().meta({ description: 'Instant, UTC', examples: ['2022-12-03T08:15:00.000Z'] })
const nullableDay = day.nullable()

export const PositionResource = z.object(PositionFields).meta({
  id: 'Position',
  description:
    'What an actor holds on one facet of one matter: the claims that stand, one of them as headline. `value` is null where the actor has said nothing that counts.',
})
export type PositionResource = z.output<typeof PositionResource>

export const ConditionResource = z
  .object({
    actor: entityId,
    dossier: entityId,
    matter: entityId,
    facet: z.enum(FACETS),
    condition: Condition.nullable().describe("The headline's; null: it has none"),
    state: z.enum(CONDITION_STATES).nullable(),
    own: z
      .enum(ALL_VALUES)
      .nullable()
      .describe("What the actor itself holds on the condition's matter: this alone decides"),
    others: z.array(z.object({ actor: entityId, value: z.enum(ALL_VALUES) })).describe('What others hold there'),
  })
  .meta({ id: 'ConditionState', description: 'Whether what a position depends on is met.' })
export type ConditionResource = z.output<typeof ConditionResource>

export const ChangeResource = z.object(ChangeFields).meta({
  id: 'Change',
  description: 'One step in the history of a position.',
})
export type ChangeResource = z.output<typeof ChangeResource>

export const ConflictResource = z.object(ConflictFields).meta({
  id: 'Conflict',
  description: 'Two statements of one actor that cannot both stand, neither of which may displace the other.',
})
export type ConflictResource = z.output<typeof ConflictResource>

export const DisputeResource = z.object(DisputeFields).meta({
  id: 'Dispute',
  description: 'Two actors whose standing claims on the facts of one matter cannot both be true, or differ in extent.',
})
export type DisputeResource = z.output<typeof DisputeResource>

const MatrixCell = z.object({
  value: z.enum(ALL_VALUES).nullable().describe("The headline's value"),
  statement: entityId.nullable().describe("The headline's statement"),
  authority: z.enum(AUTHORITIES).nullable(),
  validFrom: nullableDay,
  entailedFrom: entityId.nullable().describe('The matter at another level that the value comes from'),
  contested: z.boolean().describe('A conflict is open on it'),
})
export type MatrixCell = z.output<typeof MatrixCell>

export const MatrixResource = z
  .object({
    dossier: entityId.meta({ examples: ['ukraine-war'] }),
    facet: z.enum(FACETS),
    matters: z.array(entityId).describe('The columns, by id'),
    rows: z
      .array(z.object({ actor: entityId, cells: z.array(MatrixCell.nullable()) }))
      .describe('By actor; a cell for each of `matters`, null where the actor holds nothing'),
  })
  .meta({ id: 'Matrix', description: 'Who holds what, on one facet of the matters of a dossier.' })
export type MatrixResource = z.output<typeof MatrixResource>

const eventLink = z.string().meta({ description: 'Id of the event; /v1/events/{id} tells what became of it' })

export const StatementResource = z
  .object({
    id: entityId.meta({ examples: ['uw-044'] }),
    dossier: entityId.meta({ examples: ['ukraine-war'] }),
    speaker: entityId.meta({ examples: ['hossein-amir-abdollahian'] }),
    office: entityId.nullable().describe('The office it was said in; null: unattributed'),
    onBehalfOf: z.array(OnBehalfOf).describe('Whose position it can move'),
    addressees: z.array(entityId),
    channel: z.string().nullable(),
    act: z.enum(ACTS),
    about: z.array(entityId).describe('Matters that it is about, with or without a stance on them'),
    stances: z.array(Stance).describe('Empty: context only'),
    gist: z.string().nullable(),
    occasionId: entityId.nullable(),
    said: z
      .object({
        earliest: nullableDay.describe('First day on which it can have been said; null: unknown'),
        latest: day.describe('Last such day, capped by the first publication'),
        disputed: z.boolean().describe('The reports claim dates that share no day'),
        claims: z.array(z.string()).describe('The dates that the reports claim (EDTF)'),
      })
      .describe('When it was said, in UTC days'),
    published: z.object({ earliest: day, latest: day }).describe('Bounds of its first publication'),
    evidence: z.array(Evidence),
    corroboration: z.int().describe('Number of distinct origins among the evidence: reprints of one text count once'),
    codingEvent: z.string().describe('Id of the event that last set the coding: a correction names it as `basedOn`'),
    retraction: z
      .object({
        retracted: nullableDay.describe('The last day on which it can have been taken back'),
        speaker: entityId.nullable(),
        office: entityId.nullable(),
        reason: z.string().nullable(),
        evidence: z.array(Evidence),
        event: eventLink,
      })
      .nullable()
      .describe('Set once the actor took the statement back'),
    voided: z
      .object({ reason: z.string(), event: eventLink })
      .nullable()
      .describe('Set once it was found that it should never have been recorded; it counts nowhere'),
    mergedInto: entityId.nullable().describe('The statement that this one was found to be'),
    mergedAway: z.array(entityId).describe('Statements that were found to be this same utterance'),
    recordedAt: recordedInstant,
    lastRecordedAt: recordedInstant,
  })
  .meta({ id: 'Statement', description: 'One speaker, one occasion, and every report of it.' })
export type StatementResource = z.output<typeof StatementResource>

const registryFields = { recordedAt: recordedInstant, revisedAt: recordedInstant }

export const ActorResource = z
  .object({
    id: entityId.meta({ examples: ['irn'] }),
    kind: z.enum(ACTOR_KINDS),
    name: z.string().meta({ examples: ['Iran'] }),
    aliases: z.array(z.string()).meta({ examples: [['Tehran', 'Islamic Republic of Iran']] }),
    description: z.string().nullable(),
    mergedInto: entityId.nullable().describe('The actor that this one was found to be'),
    mergedAway: z.array(entityId).describe('Actors that were found to be this one'),
    ...registryFields,
  })
  .meta({ id: 'Actor', description: 'A state, organisation or person.' })
export type ActorResource = z.output<typeof ActorResource>

export const OfficeResource = z
  .object({
    id: entityId.meta({ examples: ['irn.foreign-minister.amir-abdollahian'] }),
    title: z.string(),
    holder: entityId,
    actor: entityId.describe('On whose behalf it is held'),
    authority: z.enum(AUTHORITIES),
    from: z.string().nullable().describe('First day of the tenure (EDTF), where known'),
    until: z.string().nullable().describe('Last day of the tenure (EDTF), where known'),
    ...registryFields,
  })
  .meta({ id: 'Office', description: 'A post held on behalf of an actor, with an authority.' })
export type OfficeResource = z.output<typeof OfficeResource>

export const DossierResource = z
  .object({
    id: entityId.meta({ examples: ['ukraine-war'] }),
    title: z.string(),
    description: z.string().nullable(),
    matters: z.array(entityId).describe('Its matters, in the order of their registration'),
    ...registryFields,
  })
  .meta({ id: 'Dossier', description: 'Matters that are followed together.' })
export type DossierResource = z.output<typeof DossierResource>

export const MatterResource = z
  .object({
    id: entityId.meta({ examples: ['irn-rus.uav'] }),
    dossier: entityId,
    title: z.string(),
    description: z.string().nullable(),
    broader: z.array(entityId),
    narrower: z.array(entityId).describe('Matters that name this one as broader'),
    related: z.array(entityId),
    parties: z.array(Party),
    ...registryFields,
  })
  .meta({ id: 'Matter', description: 'What is talked about: a transfer, a use, a measure, a norm.' })
export type MatterResource = z.output<typeof MatterResource>

export const SourceResource = z
  .object({
    id: entityId.meta({ examples: ['mehr-news-agency'] }),
    name: z.string(),
    url: z.string().nullable(),
    country: z.string().nullable(),
    licence: z.string().nullable(),
    description: z.string().nullable(),
    ...registryFields,
  })
  .meta({ id: 'Source', description: 'Who publishes reports.' })
export type SourceResource = z.output<typeof SourceResource>

export const ReportResource = z
  .object({
    id: entityId.meta({ examples: ['report-001'] }),
    source: entityId,
    title: z.string().nullable(),
    url: z.string().nullable(),
    published: z.string().describe('EDTF'),
    language: z.string(),
    originKey: entityId.nullable(),
    licence: z.string().nullable(),
    description: z.string().nullable(),
    ...registryFields,
  })
  .meta({ id: 'Report', description: 'One published document of a source.' })
export type ReportResource = z.output<typeof ReportResource>

const address = {
  topic: z.string().meta({ examples: ['ledger.statements.v1'] }),
  partition: z.int(),
  offset: z.string().describe('Decimal text, since offsets outgrow what JSON numbers carry'),
}
/** What became of a record. */
export const verdict = {
  outcome: z.enum(OUTCOMES).describe('What became of it: docs/design.md 5, "Outcomes"'),
  code: z.string().nullable().describe('Why it was not applied: a code of the error catalogue'),
  detail: z.string().nullable(),
  pointer: z.string().nullable().describe('JSON pointer to what is wrong'),
  missing: z.array(z.string()).describe('What a pending event waits for, as `actor:irn`'),
}

export const EventResource = z
  .object({
    id: z.string().nullable().describe('Null for a record that is no event'),
    type: z.string().nullable(),
    subject: z.string().nullable().describe('Id of the entity that it is about'),
    dossier: z.string().nullable(),
    ...verdict,
    ...address,
    recordedAt: recordedInstant,
    repeats: z
      .array(z.object({ ...address, ...verdict, recordedAt: recordedInstant }))
      .describe('Later records with the same event id'),
    links: z.object({ self: z.string().nullable(), subject: z.string().nullable() }),
  })
  .meta({ id: 'Event', description: 'What became of one event.' })
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
    checkpoints: z.array(CheckpointResource),
    quarantined: z.int(),
    pending: z.int().describe('Events that wait for something they refer to, or behind another event'),
    staleTracks: z.int().describe('Tracks whose fold failed and that keep their last good positions'),
  })
  .meta({ id: 'Status', description: 'How far this ledger has read the record.' })
export type StatusResource = z.output<typeof StatusResource>

/** A page of any list. @param id the name of the page's schema in the OpenAPI document */
export const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z
    .object({
      items: z.array(item),
      next: z.string().nullable().describe('Send it back as `cursor` for the next page; null: this was the last'),
    })
    .meta({ id, description: 'A page of a list in a stable order' })
export interface Page<T> {
  items: T[]
  next: string | null
}
