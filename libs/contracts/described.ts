import { z } from 'zod'
import { entityId } from './primitives.js'
import {
  ACTOR_KINDS,
  ACTS,
  ALL_VALUES,
  AUTHORITIES,
  CAPACITIES,
  CHANGE_KINDS,
  FACETS,
  FIDELITIES,
} from './vocabulary.js'

/**
 * Fields that stand in many schemas, each described once for the OpenAPI documents; where one means something more
 * particular, a `.describe` at that place prevails. Examples are of the seeds, so that they work on a seeded ledger.
 */

const id = (description: string, example: string) => entityId.meta({ description, examples: [example] })

export const actorId = id('Id of the actor', 'irn')
export const dossierId = id('Id of the dossier', 'ukraine-war')
export const matterId = id('Id of the matter', 'irn-rus.uav')
export const statementId = id('Id of the statement', 'uw-044')
export const reportId = id('Id of the report', 'report-004')
export const sourceId = id('Id of the source', 'mehr-news-agency')

export const act = z.enum(ACTS).describe('What the statement does: docs/design.md 3')
export const facet = z
  .enum(FACETS)
  .meta({ description: 'FACT: does it happen; INTENT: will we; NORM: should it', examples: ['FACT'] })
export const value = z.enum(ALL_VALUES).meta({
  description: 'The answer to the question of the facet, from its own closed list: docs/design.md 3',
  examples: ['ADMIT_PARTIAL'],
})
export const authority = z
  .enum(AUTHORITIES)
  .describe('The ladder of authority, from BINDING down to UNATTRIBUTED: who may change what was said before')
export const capacity = z
  .enum(CAPACITIES)
  .describe('OWN: for the actor alone; JOINT: in a joint statement; BLOC: for a bloc that it belongs to')
export const fidelity = z.enum(FIDELITIES).describe("How close the report's wording is to what was said")
export const actorKind = z.enum(ACTOR_KINDS).describe('What kind of actor it is')
export const changeKind = z.enum(CHANGE_KINDS).describe('How the position changed: docs/design.md 6')
