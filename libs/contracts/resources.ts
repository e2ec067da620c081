import { z } from 'zod'
import { EXAMPLES } from './resource-examples.js'
import * as described from './described.js'
import {
  ChangeFields,
  CONDITION_STATES,
  ConflictFields,
  DisputeFields,
  PositionFields,
  recordedInstant,
} from './resource-fields.js'
import { OnBehalfOf, Evidence } from './statement-events.js'
import { Condition, Stance } from './stance.js'
import { day, entityId } from './primitives.js'
import { ALL_VALUES } from './vocabulary.js'

/**
 * What the api answers with: the one source of its types, its OpenAPI document and its stored bodies. What the registry has
 * is in registry-resources.ts, what became of events in event-resources.ts. A field is never absent: what is not known is null,
 * what is not there is an empty list, so that two readers never guess differently. Names of actors and matters are left out on
 * purpose: they are revised, ids are not. docs/design.md 8.
 */

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
