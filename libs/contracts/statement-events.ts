import { z } from 'zod'
import * as described from './described.js'
import { edtfText, entityId, text } from './primitives.js'
import { Stance } from './stance.js'

/** Data of the events on `ledger.statements.v1`. `subject` is the statement's id; every one names its dossier, which is the key. */

/** A statement in a report, with the report's publication and origin as they were when this was recorded. */
export const Evidence = z
  .strictObject({
    report: described.reportId,
    published: edtfText.describe('EDTF; when the report was published'),
    originKey: entityId.optional().describe('Two reports with one origin corroborate once; absent: the report itself'),
    said: edtfText
      .optional()
      .describe('EDTF; the date that this report claims for the statement; absent: none claimed'),
    dateBasis: text(300).optional().describe('From which words of the report the date was read'),
    quote: text(1_000).optional().describe('A short fragment, as printed'),
    paraphrase: text(2_000).optional().describe('What the report says was said, in other words'),
    fidelity: described.fidelity,
    language: text(35).optional().describe('BCP 47 tag of the language of the report'),
  })
  .describe('One report of the statement')
export type Evidence = z.output<typeof Evidence>

export const OnBehalfOf = z.strictObject({ actor: described.actorId, capacity: described.capacity })
export type OnBehalfOf = z.output<typeof OnBehalfOf>

/** What a coder decides about a statement; `statement.corrected` can replace any of it. */
export const Coding = z.strictObject({
  speaker: entityId.describe('Id of the actor who said it'),
  office: entityId.optional().describe('The office it was said in; absent: UNATTRIBUTED'),
  onBehalfOf: z.array(OnBehalfOf).max(300).describe('Whose position it can move; empty: nobody that may be counted'),
  addressees: z.array(entityId).max(300).optional().describe('Ids of those it was addressed to'),
  channel: text(500).optional().describe('Where or by what means it was said'),
  act: described.act,
  about: z.array(entityId).max(50).optional().describe('Matters it is about, with or without a stance on them'),
  stances: z.array(Stance).max(50).describe('Empty: context only'),
  gist: text(2_000).optional().describe('What was said, in one sentence of ours'),
  occasionId: entityId.optional().describe('Statements made on one occasion share it'),
})
export type Coding = z.output<typeof Coding>

export const StatementData = Coding.extend({
  dossier: described.dossierId,
  evidence: z.array(Evidence).min(1).max(100).describe('The reports of it'),
})
export type StatementData = z.output<typeof StatementData>

const reason = text(1_000).describe('Why, for those who read the record later')
const eventId = z.string().min(1).max(200)

export const EvidenceAttachedData = z.strictObject({
  dossier: described.dossierId,
  evidence: z.array(Evidence).min(1).max(100).describe('The reports of it'),
})
export const CorrectedData = z.strictObject({
  dossier: described.dossierId,
  basedOn: eventId.describe('Id of the event that this corrects: the last one that set the coding'),
  coding: Coding.partial()
    .optional()
    .describe('The fields it gives replace those of the statement; null is not a value'),
  clears: z
    .array(z.enum(['office', 'addressees', 'channel', 'about', 'gist', 'occasionId']))
    .max(6)
    .optional()
    .describe('Optional fields that the correction empties'),
  evidence: z.array(Evidence).max(100).optional().describe('Replaces what is held from the reports that it names'),
  dropEvidence: z.array(entityId).max(100).optional().describe('Reports whose evidence is taken away'),
  reason,
})
export const RetractedData = z.strictObject({
  dossier: described.dossierId,
  speaker: entityId.optional().describe('Id of the actor who said it'),
  office: entityId.optional().describe('Id of the office it was said in; absent or null: none known'),
  evidence: z.array(Evidence).min(1).max(100).describe('Reports of the retraction; they date it'),
  reason: reason.optional(),
})
export const VoidedData = z.strictObject({ dossier: described.dossierId, reason })
export const SuppressedData = z.strictObject({ dossier: described.dossierId, reason })
export const MergedData = z.strictObject({
  dossier: described.dossierId,
  mergedAway: z.array(entityId).min(1).max(100).describe('Statements that are the same utterance as the subject'),
  reason: reason.optional(),
})
export type EvidenceAttachedData = z.output<typeof EvidenceAttachedData>
export type CorrectedData = z.output<typeof CorrectedData>
export type RetractedData = z.output<typeof RetractedData>
export type MergedData = z.output<typeof MergedData>

export const STATEMENT_EVENTS = {
  'ledger.statement.recorded.v1': StatementData,
  'ledger.evidence.attached.v1': EvidenceAttachedData,
  'ledger.statement.corrected.v1': CorrectedData,
  'ledger.statement.retracted.v1': RetractedData,
  'ledger.statement.voided.v1': VoidedData,
  'ledger.statement.suppressed.v1': SuppressedData,
  'ledger.statements.merged.v1': MergedData,
} as const
