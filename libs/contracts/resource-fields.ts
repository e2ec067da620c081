import { z } from 'zod'
import { day, entityId } from './primitives.js'
import { Condition, Scope } from './stance.js'
import {
  ALL_VALUES,
  AUTHORITIES,
  CHANGE_KINDS,
  CONFLICT_KINDS,
  DISPUTE_KINDS,
  FACETS,
  ORDERS,
  ROLES,
} from './vocabulary.js'

/** The fields of what the fold makes, as they are served: positions, changes, conflicts, disputes (docs/design.md 6). */

const actor = entityId.meta({ examples: ['irn'] })
const dossier = entityId.meta({ examples: ['ukraine-war'] })
const matter = entityId.meta({ examples: ['irn-rus.uav'] })
const facet = z
  .enum(FACETS)
  .describe('FACT: does it happen; INTENT: will we; NORM: should it')
  .meta({ examples: ['FACT'] })
const value = z.enum(ALL_VALUES).meta({ examples: ['ADMIT_PARTIAL'] })
const statement = entityId.meta({ examples: ['uw-044'] })
const statements = z.array(entityId)

export const CONDITION_STATES = ['MET', 'UNMET', 'UNRESOLVED'] as const
export type ConditionState = (typeof CONDITION_STATES)[number]

const StandingClaim = z
  .object({ statement, value, scope: Scope.nullable(), condition: Condition.nullable() })
  .meta({ id: 'StandingClaim', description: 'A claim that stands for a position' })

export const PositionFields = {
  actor,
  dossier,
  matter,
  facet,
  role: z.enum(ROLES).describe("The actor's part in the matter"),
  value: value.nullable().describe("The headline's value; null: no position"),
  statement: statement.nullable().describe("The headline's statement"),
  scope: Scope.nullable(),
  condition: Condition.nullable(),
  conditionState: z
    .enum(CONDITION_STATES)
    .nullable()
    .describe("Whether the condition is met, by the actor's own position; null: there is no condition"),
  implied: z.boolean(),
  authority: z.enum(AUTHORITIES).nullable(),
  order: z
    .object({
      said: z.object({ earliest: day.nullable(), latest: day }),
      published: z.object({ earliest: day, latest: day }),
    })
    .nullable()
    .describe('The bounds of the headline that order it against other claims'),
  validFrom: day.nullable().describe('The last day on which the headline can have been said'),
  standing: statements.describe('Statements whose claims stand, sorted; empty for an entailed position'),
  standingClaims: z.array(StandingClaim).describe('The same claims in the order in which they came to stand'),
  entailedFrom: matter.nullable().describe('The matter at another level that the value comes from'),
  contestedBy: statements.describe("Statements of open conflicts, the headline's own left out"),
  exceptions: statements.describe('Narrower matters on which the actor holds another value'),
  possible: statements.describe(
    'In a read with `asOf`: statements on this matter and facet that may or may not have been made by that day',
  ),
  stale: z
    .string()
    .nullable()
    .describe('Set while the fold of this track fails: the code of the failure; the position is the last good one'),
} as const

export const ChangeFields = {
  id: z.uuid(),
  actor,
  dossier,
  matter,
  facet,
  kind: z.enum(CHANGE_KINDS),
  from: value.nullable(),
  to: value.nullable(),
  order: z.enum(ORDERS).nullable().describe('How surely it came after what it changes; null for an INITIAL'),
  statement,
  validFrom: day,
  entailedFrom: matter.nullable(),
  reversesEarlier: z.boolean().describe('Its sign is opposite to the last sign that this position had'),
  revision: z
    .int()
    .nullable()
    .describe('How often this change was asserted or revoked so far; null in reads with a clock'),
  revoked: z.boolean().describe('Later recording has made it untrue'),
} as const

export const ConflictFields = {
  id: z.uuid(),
  actor,
  dossier,
  kind: z.enum(CONFLICT_KINDS).describe('CONTRADICTION: one speaker; INCONSISTENT_VOICE: two'),
  facet,
  matters: z.array(entityId).describe('One matter, or two at different levels'),
  statements: statements.describe('The earlier, then the later, as they sort'),
  validFrom: day,
  settledBy: z.string().nullable().describe('The statement that settled it, `withdrawn`, or null while it is open'),
  revision: z.int().nullable(),
  revoked: z.boolean(),
} as const

export const DisputeFields = {
  dossier,
  matter,
  facet,
  kind: z.enum(DISPUTE_KINDS).describe('OPPOSED: opposite signs; EXTENT: how much or when'),
  actors: z.array(entityId).describe('The two, sorted'),
  statements: z.array(statements).describe('Their statements, in the order of the actors'),
} as const
