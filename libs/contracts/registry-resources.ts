import { z } from 'zod'
import * as described from './described.js'
import { entityId } from './primitives.js'
import { Party } from './registry-events.js'
import { EXAMPLES } from './resource-examples.js'
import { recordedInstant } from './resource-fields.js'

/**
 * What the api answers with of the registry: who is who, what is talked about, who reports it. As in resources.ts no field is
 * ever absent.
 */

const idLike = (example: string) => entityId.meta({ examples: [example] }).describe('Its id: it never changes')
const title = z.string().describe('Title, as it is shown')
const description = z.string().nullable().describe('What there is to know about it, in plain text')
const registryFields = { recordedAt: recordedInstant, revisedAt: recordedInstant }

export const ActorResource = z
  .object({
    id: idLike('irn'),
    kind: described.actorKind,
    name: z
      .string()
      .meta({ examples: ['Iran'] })
      .describe('Name, as it is shown'),
    aliases: z
      .array(z.string())
      .meta({ examples: [['Tehran', 'Islamic Republic of Iran']] })
      .describe('Other names, among them metonyms: Tehran for Iran'),
    description,
    mergedInto: entityId.nullable().describe('The actor that this one was found to be'),
    mergedAway: z.array(entityId).describe('Actors that were found to be this one'),
    ...registryFields,
  })
  .meta({ id: 'Actor', examples: [EXAMPLES.Actor], description: 'A state, organisation or person.' })
export type ActorResource = z.output<typeof ActorResource>

export const OfficeResource = z
  .object({
    id: idLike('irn.foreign-minister.amir-abdollahian'),
    title,
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
    id: idLike('ukraine-war'),
    title,
    description,
    matters: z.array(entityId).describe('Its matters, in the order of their registration'),
    ...registryFields,
  })
  .meta({ id: 'Dossier', examples: [EXAMPLES.Dossier], description: 'Matters that are followed together.' })
export type DossierResource = z.output<typeof DossierResource>

export const MatterResource = z
  .object({
    id: idLike('irn-rus.uav'),
    dossier: described.dossierId,
    title,
    description,
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
    id: idLike('mehr-news-agency'),
    name: z.string().describe('Name, as it is shown'),
    url: z.string().nullable().describe('Where it is on the web'),
    country: z.string().nullable().describe('Country it is based in'),
    licence: z.string().nullable().describe('Under which terms it may be used'),
    description,
    ...registryFields,
  })
  .meta({ id: 'Source', examples: [EXAMPLES.Source], description: 'Who publishes reports.' })
export type SourceResource = z.output<typeof SourceResource>

export const ReportResource = z
  .object({
    id: idLike('report-001'),
    source: described.sourceId,
    title: z.string().nullable().describe('Title, as it is shown'),
    url: z.string().nullable().describe('Where it is on the web'),
    published: z.string().describe('EDTF'),
    language: z.string().describe('BCP 47 tag of the language of the report'),
    originKey: entityId.nullable().describe("Outlets that print one agency's text share it"),
    licence: z.string().nullable().describe('Under which terms it may be used'),
    description,
    ...registryFields,
  })
  .meta({ id: 'Report', examples: [EXAMPLES.Report], description: 'One published document of a source.' })
export type ReportResource = z.output<typeof ReportResource>
