import { z } from 'zod'
import { edtfText, entityId, instant, text } from './primitives.js'
import { ACTOR_KINDS, AUTHORITIES, PARTY_ROLES, SCOPES } from './vocabulary.js'

/** Data of the events on `ledger.registry.v1`. `subject` of each event is the id of the entity; a `revised` event replaces the fields it gives. */

export const ActorData = z.strictObject({
  kind: z.enum(ACTOR_KINDS),
  name: text(200),
  aliases: z.array(text(200)).max(100).optional().describe('Other names, among them metonyms: Tehran for Iran'),
  description: text(2_000).optional(),
})
export type ActorData = z.output<typeof ActorData>

export const OfficeData = z.strictObject({
  title: text(200),
  holder: entityId.describe('The person, ministry or actor that holds the office'),
  actor: entityId.describe('On whose behalf it is held'),
  authority: z.enum(AUTHORITIES),
  from: edtfText.optional().describe('EDTF; first day of the tenure, where known'),
  until: edtfText.optional().describe('EDTF; last day of the tenure, where known'),
})
export type OfficeData = z.output<typeof OfficeData>

export const DossierData = z.strictObject({ title: text(200), description: text(2_000).optional() })
export type DossierData = z.output<typeof DossierData>

export const Party = z.strictObject({ actor: entityId, role: z.enum(PARTY_ROLES) })
export type Party = z.output<typeof Party>

export const MatterData = z.strictObject({
  dossier: entityId,
  title: text(300),
  description: text(2_000).optional(),
  broader: z
    .array(entityId)
    .max(20)
    .optional()
    .describe('Matters of the same dossier that contain this one, as in SKOS'),
  related: z.array(entityId).max(50).optional(),
  parties: z.array(Party).max(300).optional().describe('Who has which role; everyone else is THIRD'),
})
export type MatterData = z.output<typeof MatterData>

export const SourceData = z.strictObject({
  name: text(200),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
  country: text(100).optional(),
  licence: text(200).optional(),
  description: text(2_000).optional(),
})
export type SourceData = z.output<typeof SourceData>

export const KeyData = z.strictObject({
  account: text(100),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 of the key, in hex; the key itself is never stored'),
  scopes: z.array(z.enum(SCOPES)).min(1).max(4),
  expires: instant.optional(),
})
export type KeyData = z.output<typeof KeyData>

const reason = text(1_000)
/** Where a record stands in the log: topic, partition, offset (decimal text, since offsets exceed 2^53). */
export const RecordAddress = z.strictObject({
  topic: text(249),
  partition: z.int().min(0).max(100_000),
  offset: z.string().regex(/^(0|[1-9]\d{0,18})$/),
})
export type RecordAddress = z.output<typeof RecordAddress>

export const REGISTRY_EVENTS = {
  'ledger.key.issued.v1': KeyData,
  'ledger.key.revoked.v1': z.strictObject({ reason: reason.optional() }),
  'ledger.actor.registered.v1': ActorData,
  'ledger.actor.revised.v1': ActorData.partial(),
  'ledger.actor.aliased.v1': z.strictObject({ alias: text(200) }),
  'ledger.actors.merged.v1': z.strictObject({
    mergedAway: z.array(entityId).min(1).max(100),
    reason: reason.optional(),
  }),
  'ledger.actors.unmerged.v1': z.strictObject({
    separated: z.array(entityId).min(1).max(100),
    reason: reason.optional(),
  }),
  'ledger.office.held.v1': OfficeData,
  'ledger.office.revised.v1': OfficeData.omit({ holder: true }).partial(),
  'ledger.office.ended.v1': z.strictObject({ until: edtfText }),
  'ledger.dossier.registered.v1': DossierData,
  'ledger.dossier.revised.v1': DossierData.partial(),
  'ledger.matter.registered.v1': MatterData,
  'ledger.matter.revised.v1': MatterData.omit({ dossier: true }).partial(),
  'ledger.source.registered.v1': SourceData,
  'ledger.source.revised.v1': SourceData.partial(),
  'ledger.record.released.v1': RecordAddress.extend({ reason: reason.optional() }),
  'ledger.record.dismissed.v1': RecordAddress.extend({ reason: reason.optional() }),
} as const
