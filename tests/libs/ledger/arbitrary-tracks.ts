import fc from 'fast-check'
import type { Scope, Stance } from '#libs/contracts/stance.js'
import { AUTHORITIES, FACETS, ROLES, VALUES, type Value } from '#libs/contracts/vocabulary.js'
import { overlap, extentOf } from '#libs/ledger/scope.js'
import type { TrackMatters, TrackStatement } from '#libs/ledger/track.js'

/** Tracks as intake would let them through, small and dense enough that claims meet. */

const MATTER_IDS = ['a', 'a.1', 'a.2', 'b', 'c'] as const

/** Broader matters point backwards only, as intake sees to; every matter may have parties and a role. */
export const anyMatters: fc.Arbitrary<TrackMatters> = fc
  .tuple(
    ...MATTER_IDS.map((id, index) =>
      fc.record({
        id: fc.constant(id),
        broader:
          index === 0 ? fc.constant([]) : fc.subarray(MATTER_IDS.slice(0, index), { maxLength: Math.min(2, index) }),
        role: fc.constantFrom(...ROLES),
        hasParties: fc.boolean(),
      }),
    ),
  )
  .map((matters) => new Map(matters.map(({ id, ...matter }) => [id, matter])))

const anyDay = fc.integer({ min: 10, max: 21 }).map((day) => `2022-10-${String(day)}`)
const anyDays = fc.tuple(anyDay, anyDay).map(([a, b]): [string, string] => (a < b ? [a, b] : [b, a]))

const anyScope: fc.Arbitrary<Scope> = fc.record(
  {
    window: fc.constantFrom('2021', '2022', '2022-03', '../2022-02-23', '2022-02-24/..', '2022-10-10/2022-10-12'),
    quantity: fc.constantFrom('few', 'dozens'),
    endUse: fc.constantFrom('combat', 'training'),
    itemClass: fc.constantFrom('drone', 'missile'),
  },
  { requiredKeys: [] },
)

const anyStance: fc.Arbitrary<Stance> = fc.constantFrom(...FACETS).chain((facet) =>
  fc.record(
    {
      matter: fc.constantFrom(...MATTER_IDS, 'unregistered'),
      facet: fc.constant(facet),
      value: fc.constantFrom<Value>(...VALUES[facet]),
      scope: anyScope,
      condition: fc.record({
        matter: fc.constantFrom(...MATTER_IDS),
        facet: fc.constant('FACT' as const),
        values: fc.constantFrom<Value[][]>(['AFFIRM'], ['DENY']),
      }),
      implied: fc.boolean(),
    },
    { requiredKeys: ['matter', 'facet', 'value'] },
  ),
)

/** Intake refuses two stances of one statement on one matter and facet whose scopes overlap. */
const anyStances = fc
  .array(anyStance, { maxLength: 3 })
  .map((stances) => stances.filter((one, index) => stances.slice(0, index).every((other) => !meet(one, other))))

const meet = (one: Stance, other: Stance): boolean =>
  one.matter === other.matter && one.facet === other.facet && overlap(extentOf(one.scope), extentOf(other.scope))

const anyStatement = fc.record({
  speaker: fc.constantFrom('p', 'q'),
  authority: fc.constantFrom(...AUTHORITIES),
  capacity: fc.constantFrom('OWN' as const, 'JOINT' as const, 'BLOC' as const),
  officeUntil: fc.option(anyDay, { nil: null }),
  said: fc
    .tuple(anyDays, fc.boolean(), fc.boolean())
    .map(([[a, b], begins, ends]) => ({ earliest: begins ? a : null, latest: ends ? b : null })),
  published: anyDays.map(([earliest, latest]) => ({ earliest, latest })),
  stances: anyStances,
  retracted: fc.option(anyDay, { freq: 4, nil: null }),
})

export const anyStatements: fc.Arbitrary<TrackStatement[]> = fc
  .array(anyStatement, { maxLength: 12 })
  .map((statements) => statements.map((statement, index) => ({ id: `s${String(index)}`, ...statement })))
