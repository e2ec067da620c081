import { z } from 'zod'
import { EXAMPLES } from './resource-examples.js'
import * as described from './described.js'
import { ChangeFields, CONDITION_STATES, ConflictFields, DisputeFields, PositionFields } from './resource-fields.js'
import { OnBehalfOf, Evidence } from './statement-events.js'
import { Party } from './registry-events.js'
import { Condition, Stance } from './stance.js'
import { day, entityId } from './primitives.js'
import { ALL_VALUES, OUTCOMES } from './vocabulary.js'

/**
 * What the api answers with: the one source of its types, its OpenAPI document and its stored bodies. A field is never
 * absent: what is not known is null, what is not there is an empty list, so that two readers never guess differently.
 * Names of actors and matters are left out on purpose: they are revised, ids are not. docs/design.md 8.
 */

const recordedInstant = z.string().meta({ description: 'Instant, UTC', examples: ['2022-12-03T08:15:00.000Z'] })
const nullableDay = day.nullable()

export const PositionResource = z.object(PositionFields).meta({
  id: 'Position',
  examples: [EXAMPLES.Position],
  description:
    'What an actor holds on one facet of one matter: the claims that stand, one of them as headline. `value` is null where the actor has said nothing that counts.',
})
export type PositionResource = z.output<typeof PositionResource>

export const ConditionResource = z
  .object({
    actor: described.actorId,
    dossier: described.dossierId,
    matter: described.matterId,
    facet: described.facet,
    condition: Condition.nullable().describe("The headline's; null: it has none"),
    state: z.enum(CONDITION_STATES).nullable().describe('Whether the condition is met; null: there is none'),
    own: z
      .enum(ALL_VALUES)
      .nullable()
      .describe("What the actor itself holds on the condition's matter: this alone decides"),
    others: z.array(z.object({ actor: described.actorId, value: described.value })).describe('What others hold there'),
  })
  .meta({
    id: 'ConditionState',
    examples: [EXAMPLES.ConditionState],
    description: 'Whether what a position depends on is met.',
  })
export type ConditionResource = z.output<typeof ConditionResource>

export const ChangeResource = z.object(ChangeFields).meta({
  id: 'Change',
  examples: [EXAMPLES.Change],
  description: 'One step in the history of a position.',
})
export type ChangeResource = z.output<typeof ChangeResource>

export const ConflictResource = z.object(ConflictFields).meta({
  id: 'Conflict',
  examples: [EXAMPLES.Conflict],
  description: 'Two statements of one actor that cannot both stand, neither of which may displace the other.',
})
export type ConflictResource = z.output<typeof ConflictResource>

export const DisputeResource = z.object(DisputeFields).meta({
  id: 'Dispute',
  examples: [EXAMPLES.Dispute],
  description: 'Two actors whose standing claims on the facts of one matter cannot both be true, or differ in extent.',
})
export type DisputeResource = z.output<typeof DisputeResource>

const MatrixCell = z.object({
  value: z.enum(ALL_VALUES).nullable().describe("The headline's value"),
  statement: entityId.nullable().describe("The headline's statement"),
  authority: described.authority.nullable().describe('Of the office in which it was said'),
  validFrom: nullableDay.describe('From which day it holds'),
  entailedFrom: entityId.nullable().describe('The matter at another level that the value comes from'),
  contested: z.boolean().describe('A conflict is open on it'),
})
export type MatrixCell = z.output<typeof MatrixCell>

export const MatrixResource = z
  .object({
    dossier: described.dossierId,
    facet: described.facet,
    matters: z.array(entityId).describe('The columns, by id'),
    rows: z
      .array(
        z.object({
          actor: described.actorId,
          cells: z.array(MatrixCell.nullable()).describe('What it holds, in the order of `matters`'),
        }),
      )
      .describe('By actor; a cell for each of `matters`, null where the actor holds nothing'),
  })
  .meta({
    id: 'Matrix',
    examples: [EXAMPLES.Matrix],
    description: 'Who holds what, on one facet of the matters of a dossier.',
  })
export type MatrixResource = z.output<typeof MatrixResource>

const eventLink = z.string().meta({ description: 'Id of the event; /v1/events/{id} tells what became of it' })

export const StatementResource = z
  .object({
    id: entityId.meta({ examples: ['uw-044'] }).describe('Its id: it never changes'),
    dossier: entityId.meta({ examples: ['ukraine-war'] }).describe('Id of the dossier; null where there is none'),
    speaker: entityId.meta({ examples: ['hossein-amir-abdollahian'] }).describe('Id of the actor who said it'),
    office: entityId.nullable().describe('The office it was said in; null: unattributed'),
    onBehalfOf: z.array(OnBehalfOf).describe('Whose position it can move'),
    addressees: z.array(entityId).describe('Ids of those it was addressed to'),
    channel: z.string().nullable().describe('Where or by what means it was said'),
    act: described.act,
    about: z.array(entityId).describe('Matters that it is about, with or without a stance on them'),
    stances: z.array(Stance).describe('Empty: context only'),
    gist: z.string().nullable().describe('What was said, in one sentence of ours'),
    occasionId: entityId.nullable().describe('Statements made on one occasion share it'),
    said: z
      .object({
        earliest: nullableDay.describe('First day on which it can have been said; null: unknown'),
        latest: day.describe('Last such day, capped by the first publication'),
        disputed: z.boolean().describe('The reports claim dates that share no day'),
        claims: z.array(z.string()).describe('The dates that the reports claim (EDTF)'),
      })
      .describe('When it was said, in UTC days'),
    published: z
      .object({ earliest: day.describe('First day that it can have been'), latest: day.describe('Last such day') })
      .describe('Bounds of its first publication'),
    evidence: z.array(Evidence).describe('The reports of it'),
    corroboration: z.int().describe('Number of distinct origins among the evidence: reprints of one text count once'),
    codingEvent: z.string().describe('Id of the event that last set the coding: a correction names it as `basedOn`'),
    retraction: z
      .object({
        retracted: nullableDay.describe('The last day on which it can have been taken back'),
        speaker: entityId.nullable().describe('Id of the actor who said it'),
        office: entityId.nullable().describe('Id of the office it was said in; absent or null: none known'),
        reason: z.string().nullable().describe('Why, for those who read the record later'),
        evidence: z.array(Evidence).describe('The reports of it'),
        event: eventLink,
      })
      .nullable()
      .describe('Set once the actor took the statement back'),
    voided: z
      .object({ reason: z.string().describe('Why'), event: eventLink })
      .nullable()
      .describe('Set once it was found that it should never have been recorded; it counts nowhere'),
    mergedInto: entityId.nullable().describe('The statement that this one was found to be'),
    mergedAway: z.array(entityId).describe('Statements that were found to be this same utterance'),
    recordedAt: recordedInstant,
    lastRecordedAt: recordedInstant,
  })
  .meta({
    id: 'Statement',
    examples: [EXAMPLES.Statement],
    description: 'One speaker, one occasion, and every report of it.',
  })
export type StatementResource = z.output<typeof StatementResource>

const registryFields = { recordedAt: recordedInstant, revisedAt: recordedInstant }

export const ActorResource = z
  .object({
    id: entityId.meta({ examples: ['irn'] }).describe('Its id: it never changes'),
    kind: described.actorKind,
    name: z
      .string()
      .meta({ examples: ['Iran'] })
      .describe('Name, as it is shown'),
    aliases: z
      .array(z.string())
      .meta({ examples: [['Tehran', 'Islamic Republic of Iran']] })
      .describe('Other names, among them metonyms: Tehran for Iran'),
    description: z.string().nullable().describe('What there is to know about it, in plain text'),
    mergedInto: entityId.nullable().describe('The actor that this one was found to be'),
    mergedAway: z.array(entityId).describe('Actors that were found to be this one'),
    ...registryFields,
  })
  .meta({ id: 'Actor', examples: [EXAMPLES.Actor], description: 'A state, organisation or person.' })
export type ActorResource = z.output<typeof ActorResource>

export const OfficeResource = z
  .object({
    id: entityId.meta({ examples: ['irn.foreign-minister.amir-abdollahian'] }).describe('Its id: it never changes'),
    title: z.string().describe('Title, as it is shown'),
    holder: entityId.describe('Id of the person, ministry or actor that holds the office'),
    actor: entityId.describe('On whose behalf it is held'),
    authority: described.authority,
    from: z.string().nullable().describe('First day of the tenure (EDTF), where known'),
    until: z.string().nullable().describe('Last day of the tenure (EDTF), where known'),
    ...registryFields,
  })
  .meta({
    id: 'Office',
    examples: [EXAMPLES.Office],
    description: 'A post held on behalf of an actor, with an authority.',
  })
export type OfficeResource = z.output<typeof OfficeResource>

export const DossierResource = z
  .object({
    id: entityId.meta({ examples: ['ukraine-war'] }).describe('Its id: it never changes'),
    title: z.string().describe('Title, as it is shown'),
    description: z.string().nullable().describe('What there is to know about it, in plain text'),
    matters: z.array(entityId).describe('Its matters, in the order of their registration'),
    ...registryFields,
  })
  .meta({ id: 'Dossier', examples: [EXAMPLES.Dossier], description: 'Matters that are followed together.' })
export type DossierResource = z.output<typeof DossierResource>

export const MatterResource = z
  .object({
    id: entityId.meta({ examples: ['irn-rus.uav'] }).describe('Its id: it never changes'),
    dossier: described.dossierId,
    title: z.string().describe('Title, as it is shown'),
    description: z.string().nullable().describe('What there is to know about it, in plain text'),
    broader: z.array(entityId).describe('Matters of the same dossier that contain this one'),
    narrower: z.array(entityId).describe('Matters that name this one as broader'),
    related: z.array(entityId).describe('Matters that have to do with this one'),
    parties: z.array(Party).describe('Who has which role; everyone else is THIRD'),
    ...registryFields,
  })
  .meta({
    id: 'Matter',
    examples: [EXAMPLES.Matter],
    description: 'What is talked about: a transfer, a use, a measure, a norm.',
  })
export type MatterResource = z.output<typeof MatterResource>

export const SourceResource = z
  .object({
    id: entityId.meta({ examples: ['mehr-news-agency'] }).describe('Its id: it never changes'),
    name: z.string().describe('Name, as it is shown'),
    url: z.string().nullable().describe('Where it is on the web'),
    country: z.string().nullable().describe('Country it is based in'),
    licence: z.string().nullable().describe('Under which terms it may be used'),
    description: z.string().nullable().describe('What there is to know about it, in plain text'),
    ...registryFields,
  })
  .meta({ id: 'Source', examples: [EXAMPLES.Source], description: 'Who publishes reports.' })
export type SourceResource = z.output<typeof SourceResource>

export const ReportResource = z
  .object({
    id: entityId.meta({ examples: ['report-001'] }).describe('Its id: it never changes'),
    source: described.sourceId,
    title: z.string().nullable().describe('Title, as it is shown'),
    url: z.string().nullable().describe('Where it is on the web'),
    published: z.string().describe('EDTF'),
    language: z.string().describe('BCP 47 tag of the language of the report'),
    originKey: entityId.nullable().describe("Outlets that print one agency's text share it"),
    licence: z.string().nullable().describe('Under which terms it may be used'),
    description: z.string().nullable().describe('What there is to know about it, in plain text'),
    ...registryFields,
  })
  .meta({ id: 'Report', examples: [EXAMPLES.Report], description: 'One published document of a source.' })
export type ReportResource = z.output<typeof ReportResource>

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

/** A page of any list. @param id the name of the page's schema in the OpenAPI document */
export const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z
    .object({
      items: z.array(item).describe('What the page holds'),
      next: z.string().nullable().describe('Send it back as `cursor` for the next page; null: this was the last'),
    })
    .meta({
      id,
      description: 'A page of a list in a stable order',
      examples: [{ items: item.meta()?.examples ?? [], next: null }],
    })
export interface Page<T> {
  items: T[]
  next: string | null
}
