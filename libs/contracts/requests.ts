import { z } from 'zod'
import type { EventType } from './events.js'
import { entityId, text } from './primitives.js'
import { KeyData, MatterData, OfficeData, Party, REGISTRY_EVENTS } from './registry-events.js'
import { REPORT_EVENTS } from './report-events.js'
import { verdict } from './event-resources.js'
import {
  Coding,
  CorrectedData,
  OnBehalfOf,
  RetractedData,
  STATEMENT_EVENTS,
  StatementData,
} from './statement-events.js'

/**
 * What intake takes: the data of events, but where an actor is meant its name or an alias will do, and what is new may
 * bring its id. docs/design.md 8.
 */

const actorReference = text(200).describe('Id, name or alias of an actor')

const codingReferences = {
  speaker: actorReference,
  onBehalfOf: z
    .array(OnBehalfOf.extend({ actor: actorReference }))
    .max(300)
    .describe('Whose position it can move; empty: nobody that may be counted'),
  addressees: z.array(actorReference).max(300).optional().describe('Ids of those it was addressed to'),
}
const parties = z
  .array(Party.extend({ actor: actorReference }))
  .max(300)
  .optional()
  .describe('Who has which role; everyone else is THIRD')
const MatterRequest = MatterData.extend({ parties })
const OfficeRequest = OfficeData.extend({ holder: actorReference, actor: actorReference })

/** The event types that a request makes, one each, and what the data of such a request look like. */
export const REQUEST_DATA = {
  ...REGISTRY_EVENTS,
  ...REPORT_EVENTS,
  ...STATEMENT_EVENTS,
  'ledger.office.held.v1': OfficeRequest,
  'ledger.office.revised.v1': OfficeRequest.omit({ holder: true }).partial(),
  'ledger.matter.registered.v1': MatterRequest,
  'ledger.matter.revised.v1': MatterRequest.omit({ dossier: true }).partial(),
  'ledger.statement.recorded.v1': StatementData.extend(codingReferences),
  'ledger.statement.corrected.v1': CorrectedData.extend({
    coding: Coding.extend(codingReferences)
      .partial()
      .optional()
      .describe('The fields it gives replace those of the statement; null is not a value'),
  }),
  'ledger.statement.retracted.v1': RetractedData.extend({ speaker: actorReference.optional() }),
} as const satisfies Record<EventType, z.ZodObject>

/** The body of a request that makes something new: its data, and its id where the caller chooses one. */
export const withId = (data: z.ZodObject) =>
  data.extend({ id: entityId.optional().describe('Chosen by you; absent: the id of the event') })

export const IssueKeyRequest = KeyData.omit({ hash: true }).meta({
  examples: [{ account: 'newsroom', scopes: ['read', 'record'], expires: '2030-01-01T00:00:00Z' }],
})
export const DecisionRequest = z
  .strictObject({ reason: text(1_000).optional().describe('Why, for those who read the record later') })
  .meta({ examples: [{ reason: 'Repaired at its source' }] })

export const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,200}$/

/** One line of a batch: a request by its path, or an event by its type. */
export const BatchLine = z.union([
  z.strictObject({
    path: z.string().min(1).max(400).describe('Of a route that takes one write, `/v1/statements/uw-1/evidence`'),
    body: z.unknown().describe('The body of that request'),
    key: z.string().regex(IDEMPOTENCY_KEY).optional().describe('As `Idempotency-Key` of that request alone'),
  }),
  z.strictObject({
    type: z.string().min(1).max(200).describe('`ledger.statement.recorded.v1`'),
    subject: entityId.describe('Id of what it is about'),
    data: z.unknown().describe('The data of the event, as its type asks'),
    key: z.string().regex(IDEMPOTENCY_KEY).optional().describe('As `Idempotency-Key` of that request alone'),
  }),
])
export type BatchLine = z.output<typeof BatchLine>

const EVENT = '0190b2a4-7c1e-7d3a-9f52-3c8e5a1b6d70'
const APPLIED = { outcome: 'applied', code: null, detail: null, pointer: null, missing: [] }

/** The answer to a write: it is published; what becomes of it is at `Location`. */
export const AcceptedResource = z
  .object({
    event: z.string().describe('Id of the event; /v1/events/{id} on the api tells what became of it'),
    subject: z.string().describe('Id of what it is about'),
  })
  .meta({ id: 'Accepted', examples: [{ event: EVENT, subject: 'uw-100' }], description: 'A write that is published' })
export type AcceptedResource = z.output<typeof AcceptedResource>

/** The answer to a write whose outcome was waited for, and is known. */
export const SettledResource = AcceptedResource.extend(verdict).meta({
  id: 'Settled',
  examples: [{ event: EVENT, subject: 'uw-100', ...APPLIED }],
  description: 'A write that is published, and what became of it',
})

const issuedKey = {
  key: z.string().nullable().describe('The key, shown this once; null where this request had been answered before'),
}
export const IssuedKeyResource = AcceptedResource.extend(issuedKey).meta({
  id: 'IssuedKey',
  examples: [{ event: EVENT, subject: EVENT, key: 'ledger_…' }],
  description: 'A key that is published',
})
export const SettledKeyResource = SettledResource.extend(issuedKey).meta({
  id: 'SettledKey',
  examples: [{ event: EVENT, subject: EVENT, ...APPLIED, key: 'ledger_…' }],
  description: 'A key that is published, and what became of that',
})

/** What became of one line of a batch, in the order of the lines. */
export const LineResultResource = z
  .object({
    line: z.int().describe('From 1'),
    status: z.int().describe('As of the same request alone: 202, 422, …'),
    event: z.string().optional().describe('Id of the event'),
    subject: z.string().optional().describe('Id of what it is about'),
    code: z.string().optional().describe('A code of docs/errors.md'),
    title: z.string().optional().describe('Title, as it is shown'),
    detail: z.string().optional().describe('What exactly is wrong, or why it was not applied'),
    errors: z
      .array(
        z.object({
          code: z.string().describe('A code of docs/errors.md'),
          pointer: z.string().optional().describe('JSON pointer into the body'),
          detail: z.string().describe('What is wrong with this one'),
        }),
      )
      .optional()
      .describe('Each thing that is wrong, at most 20'),
  })
  .meta({ id: 'LineResult', examples: [{ line: 1, status: 202, event: EVENT, subject: 'tur' }] })
export type LineResultResource = z.output<typeof LineResultResource>
