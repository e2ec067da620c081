import { z } from 'zod'
import * as described from './described.js'
import { edtfText, entityId, instant, text } from './primitives.js'
import { PARTY_ROLES, SCOPES } from './vocabulary.js'

/** Data of the events on `ledger.registry.v1`. `subject` of each event is the id of the entity; a `revised` event replaces the fields it gives. */

export const ActorData = z.strictObject({
  kind: described.actorKind,
  name: text(200).describe('Name, as it is shown'),
  aliases: z.array(text(200)).max(100).optional().describe('Other names, among them metonyms: Tehran for Iran'),
  description: text(2_000).optional().describe('What there is to know about it, in plain text'),
})
export type ActorData = z.output<typeof ActorData>

export const OfficeData = z.strictObject({
  title: text(200).describe('Title, as it is shown'),
  holder: entityId.describe('The person, ministry or actor that holds the office'),
  actor: entityId.describe('On whose behalf it is held'),
  authority: described.authority,
  from: edtfText.optional().describe('EDTF; first day of the tenure, where known'),
  until: edtfText.optional().describe('EDTF; last day of the tenure, where known'),
})
export type OfficeData = z.output<typeof OfficeData>

export const DossierData = z.strictObject({
  title: text(200).describe('Title, as it is shown'),
  description: text(2_000).optional().describe('What there is to know about it, in plain text'),
})
export type DossierData = z.output<typeof DossierData>

export const Party = z.strictObject({
  actor: described.actorId,
  role: z.enum(PARTY_ROLES).describe('Its part in the matter'),
})
export type Party = z.output<typeof Party>

export const MatterData = z.strictObject({
  dossier: described.dossierId,
  title: text(300).describe('Title, as it is shown'),
  description: text(2_000).optional().describe('What there is to know about it, in plain text'),
  broader: z
    .array(entityId)
    .max(20)
    .optional()
    .describe('Matters of the same dossier that contain this one, as in SKOS'),
  related: z.array(entityId).max(50).optional().describe('Matters that have to do with this one'),
  parties: z.array(Party).max(300).optional().describe('Who has which role; everyone else is THIRD'),
})
export type MatterData = z.output<typeof MatterData>

export const SourceData = z.strictObject({
  name: text(200).describe('Name, as it is shown'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional()
    .describe('Where it is on the web'),
  country: text(100).optional().describe('Country it is based in'),
  licence: text(200).optional().describe('Under which terms it may be used'),
  description: text(2_000).optional().describe('What there is to know about it, in plain text'),
})
export type SourceData = z.output<typeof SourceData>

export const KeyData = z.strictObject({
  account: text(100).describe('Whose key it is: stands on everything that is written with it'),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 of the key, in hex; the key itself is never stored'),
  scopes: z.array(z.enum(SCOPES)).min(1).max(4).describe('What the key may do'),
  expires: instant.optional().describe('From when on it is refused; absent: never'),
})
export type KeyData = z.output<typeof KeyData>

const reason = text(1_000).describe('Why, for those who read the record later')
/** Where a record stands in the log: topic, partition, offset (decimal text, since offsets exceed 2^53). */
export const RecordAddress = z.strictObject({
  topic: text(249).describe('Name of the topic'),
  partition: z.int().min(0).max(100_000).describe('Partition of the topic'),
  offset: z.string().regex(/^(0|[1-9]\d{0,18})$/),
})
export type RecordAddress = z.output<typeof RecordAddress>

export const REGISTRY_EVENTS = {
  'ledger.key.issued.v1': KeyData,
  'ledger.key.revoked.v1': z.strictObject({ reason: reason.optional() }),
  'ledger.actor.registered.v1': ActorData,
  'ledger.actor.revised.v1': ActorData.partial(),
  'ledger.actor.aliased.v1': z.strictObject({ alias: text(200).describe('One more name of the actor') }),
  'ledger.actors.merged.v1': z.strictObject({
    mergedAway: z.array(entityId).min(1).max(100).describe('Ids of those found to be the same as the subject'),
    reason: reason.optional(),
  }),
  'ledger.actors.unmerged.v1': z.strictObject({
    separated: z.array(entityId).min(1).max(100).describe('Ids of those to be told apart from it again'),
    reason: reason.optional(),
  }),
  'ledger.office.held.v1': OfficeData,
  'ledger.office.revised.v1': OfficeData.omit({ holder: true }).partial(),
  'ledger.office.ended.v1': z.strictObject({ until: edtfText.describe('EDTF; last day of the tenure') }),
  'ledger.dossier.registered.v1': DossierData,
  'ledger.dossier.revised.v1': DossierData.partial(),
  'ledger.matter.registered.v1': MatterData,
  'ledger.matter.revised.v1': MatterData.omit({ dossier: true }).partial(),
  'ledger.source.registered.v1': SourceData,
  'ledger.source.revised.v1': SourceData.partial(),
  'ledger.record.released.v1': RecordAddress.extend({ reason: reason.optional() }),
  'ledger.record.dismissed.v1': RecordAddress.extend({ reason: reason.optional() }),
} as const
