import type { ChangeResource, ConflictResource, PositionResource } from '#libs/contracts/resources.js'
import { readExpected } from '#tests/seeds/expected.js'
import t from 'tap'
import { dropTestTemplate, openTestApi, seedEvents } from './test-api.js'

const number = (id: string): number => Number(id.slice('uw-'.length))

t.test('positions, changes and conflicts of the seeds are served as they are expected', async (t) => {
  const { record, all } = await openTestApi(t)
  await record(...seedEvents())
  for (const [actor, expected] of readExpected()) {
    const query = `?actor=${actor}&dossier=ukraine-war`
    const positions = await all<PositionResource>(`/v1/positions${query}`)
    const changes = await all<ChangeResource>(`/v1/changes${query}`)
    const conflicts = await all<ConflictResource>(`/v1/conflicts${query}`)
    t.strictSame(
      positions.map((p) => ({
        role: p.role,
        matter: p.matter,
        facet: p.facet,
        value: p.value,
        statement: number(p.statement ?? ''),
        scope: p.scope,
        standing: p.standing.map(number),
        entailedFrom: p.entailedFrom,
        contestedBy: p.contestedBy.map(number),
        exceptions: p.exceptions,
      })),
      expected.positions,
      `${actor}: positions`,
    )
    t.strictSame(
      changes.map(({ matter, facet, kind, from, to, order, validFrom, statement, entailedFrom, reversesEarlier }) => ({
        matter,
        facet,
        kind,
        from,
        to,
        order,
        validFrom,
        statement: number(statement),
        entailedFrom,
        reversesEarlier,
      })),
      expected.changes,
      `${actor}: changes`,
    )
    t.strictSame(
      conflicts.map(({ kind, facet, matters, statements, validFrom, settledBy }) => ({
        kind,
        facet,
        matters,
        statements: statements.map(number),
        validFrom,
        settledBy,
      })),
      expected.conflicts,
      `${actor}: conflicts`,
    )
  }
})

t.teardown(dropTestTemplate)
