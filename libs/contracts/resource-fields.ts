import { z } from 'zod'
import { actorId, authority, changeKind, dossierId, facet, matterId, statementId, value } from './described.js'
import { day, entityId } from './primitives.js'
import { Condition, Scope } from './stance.js'
import { CONFLICT_KINDS, DISPUTE_KINDS, ORDERS, ROLES } from './vocabulary.js'

/** The fields of what the fold makes, as they are served: positions, changes, conflicts, disputes (docs/design.md 6). */

const actor = actorId
const dossier = dossierId
const matter = matterId
const statement = statementId
const firstDay = day.describe('First day that it can have been')
const lastDay = day.describe('Last day that it can have been')
const statements = z.array(entityId)
export const recordedInstant = z.string().meta({ description: 'Instant, UTC', examples: ['2022-12-03T08:15:00.000Z'] })

export const CONDITION_STATES = ['MET', 'UNMET', 'UNRESOLVED'] as const
export type ConditionState = (typeof CONDITION_STATES)[number]

const StandingClaim = z
  .object({
    statement,
    value,
    scope: Scope.nullable().describe('What bounds it; null: unbounded'),
    condition: Condition.nullable().describe('What it depends on; null: nothing'),
  })
  .meta({ id: 'StandingClaim', description: 'A claim that stands for a position' })

export const PositionFields = {
  actor,
  dossier,
  matter,
  facet,
  role: z.enum(ROLES).describe("The actor's part in the matter"),
  value: value.nullable().describe("The headline's value; null: no position"),
  statement: statement.nullable().describe("The headline's statement"),
  scope: Scope.nullable().describe('What bounds it; null: unbounded'),
  condition: Condition.nullable().describe('What it depends on; absent or null: nothing'),
  conditionState: z
    .enum(CONDITION_STATES)
    .nullable()
    .describe("Whether the condition is met, by the actor's own position; null: there is no condition"),
  implied: z.boolean().describe('The statement implies this, it does not say it'),
  authority: authority.nullable().describe('The authority of the headline; null: no position'),
  order: z
    .object({
      said: z
        .object({
          earliest: firstDay.nullable().describe('First day that it can have been; null: unknown'),
          latest: lastDay,
        })
        .describe('When it was said'),
      published: z.object({ earliest: firstDay, latest: lastDay }).describe('When it was first published'),
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
  id: z.uuid().describe('Its id: it never changes'),
  actor,
  dossier,
  matter,
  facet,
  kind: changeKind,
  from: value.nullable().describe('The value before'),
  to: value.nullable().describe('The value after'),
  order: z.enum(ORDERS).nullable().describe('How surely it came after what it changes; null for an INITIAL'),
  statement,
  validFrom: day.describe('The last day on which what made it can have been said'),
  entailedFrom: matter.nullable().describe('The matter at another level that it comes from; null: its own'),
  reversesEarlier: z.boolean().describe('Its sign is opposite to the last sign that this position had'),
  revision: z
    .int()
    .nullable()
    .describe('How often this change was asserted or revoked so far; null in reads with a clock'),
  revoked: z.boolean().describe('Later recording has made it untrue'),
} as const

export const ConflictFields = {
  id: z.uuid().describe('Its id: it never changes'),
  actor,
  dossier,
  kind: z.enum(CONFLICT_KINDS).describe('CONTRADICTION: one speaker; INCONSISTENT_VOICE: two'),
  facet,
  matters: z.array(entityId).describe('One matter, or two at different levels'),
  statements: statements.describe('The earlier, then the later, as they sort'),
  validFrom: day.describe('The last day on which what made it can have been said'),
  settledBy: z.string().nullable().describe('The statement that settled it, `withdrawn`, or null while it is open'),
  revision: z.int().nullable().describe('How often it was asserted or revoked so far; null in reads with a clock'),
  revoked: z.boolean().describe('Later recording has made it untrue'),
} as const

export const DisputeFields = {
  dossier,
  matter,
  facet,
  kind: z.enum(DISPUTE_KINDS).describe('OPPOSED: opposite signs; EXTENT: how much or when'),
  actors: z.array(entityId).describe('The two, sorted'),
  statements: z.array(statements).describe('Their statements, in the order of the actors'),
} as const
