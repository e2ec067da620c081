import { PositionResource, StatementResource } from '#libs/contracts/resources.js'
import type { Evidence } from '#libs/contracts/statement-events.js'
import type { Position } from '#libs/ledger/track.js'
import type { StatementState } from '#libs/ledger/statement.js'
import { renderDisputes } from '#libs/resources/dispute-resource.js'
import { renderNoPosition, renderPosition } from '#libs/resources/position-resource.js'
import { corroborationOf, renderStatement } from '#libs/resources/statement-resource.js'
import t from 'tap'

const position: Position = {
  matter: 'irn-rus.uav',
  facet: 'FACT',
  value: 'ADMIT_PARTIAL',
  statement: 'uw-044',
  scope: { window: '../2022-02-23', quantity: 'a small number' },
  condition: null,
  implied: false,
  authority: 'PRINCIPAL',
  said: { earliest: '2022-10-24', latest: '2022-11-27' },
  published: { earliest: '2022-11-01', latest: '2022-11-30' },
  validFrom: '2022-11-27',
  standing: ['uw-044'],
  standingClaims: [
    {
      statement: 'uw-044',
      value: 'ADMIT_PARTIAL',
      scope: { window: '../2022-02-23', quantity: 'a small number' },
      condition: null,
    },
  ],
  entailedFrom: null,
  contestedBy: [],
  exceptions: [],
}
const place = { actor: 'irn', dossier: 'ukraine-war', role: 'SUPPLIER' as const }

t.test('equal positions give equal bytes, whatever order their parts were written in', (t) => {
  const reversed = Object.fromEntries(Object.entries(position).reverse()) as unknown as Position
  const scope = { quantity: 'a small number', window: '../2022-02-23' }
  const one = JSON.stringify(renderPosition({ ...place, position }))
  const other = JSON.stringify(renderPosition({ ...place, position: { ...reversed, scope } }))
  t.equal(one, other)
  t.strictSame(PositionResource.strict().parse(JSON.parse(one)), JSON.parse(one))
  t.end()
})

t.test('no position has the fields of one', (t) => {
  const none = renderNoPosition(place, 'irn-rus.uav', 'FACT')
  t.strictSame(Object.keys(none), Object.keys(renderPosition({ ...place, position })))
  t.strictSame(PositionResource.strict().parse(none), none)
  t.equal(none.value, null)
  t.end()
})

t.test('stale is the last field, so that a stored body can be marked without parsing it', (t) => {
  t.match(JSON.stringify(renderPosition({ ...place, position })), /,"stale":null}$/)
  t.end()
})

const evidence = (fields: Partial<Evidence> = {}): Evidence => ({
  report: 'r1',
  published: '2022-10-20',
  fidelity: 'VERBATIM',
  ...fields,
})

t.test('corroboration counts origins: reprints count once, a report without an origin is its own', (t) => {
  t.equal(corroborationOf([evidence(), evidence({ report: 'r2' })]), 2)
  t.equal(corroborationOf([evidence({ originKey: 'afp' }), evidence({ report: 'r2', originKey: 'afp' })]), 1)
  t.equal(corroborationOf([evidence(), evidence({ report: 'r2', originKey: 'r1' })]), 1)
  t.end()
})

t.test('a statement tells when it was said, what is disputed about that, and who took it back', (t) => {
  const state: StatementState = {
    id: 'uw-008',
    dossier: 'ukraine-war',
    coding: { speaker: 'benny-gantz', onBehalfOf: [{ actor: 'isr', capacity: 'OWN' }], act: 'REFUSE', stances: [] },
    codingEvent: 'e1',
    evidence: [evidence({ said: '2022-10-18' }), evidence({ report: 'r2', said: '2022-10-19' })],
    retraction: { event: 'e2', evidence: [evidence({ report: 'r3', published: '2022-11', said: '2022-11-05' })] },
    voided: null,
    suppressed: null,
    mergedInto: null,
    mergedAway: ['uw-007'],
    recordedAt: '2024-01-01T00:00:00.000Z',
    lastRecordedAt: '2024-01-02T00:00:00.000Z',
  }
  const resource = renderStatement(state)
  t.strictSame(StatementResource.strict().parse(resource), resource)
  t.strictSame(resource.said, {
    earliest: '2022-10-18',
    latest: '2022-10-19',
    disputed: true,
    claims: ['2022-10-18', '2022-10-19'],
  })
  t.equal(resource.retraction?.retracted, '2022-11-05')
  t.equal(resource.office, null)
  t.end()
})

t.test('disputes are between actors, on facts, among claims that stand', (t) => {
  const of = (actor: string, fields: Partial<Position> = {}): PositionResource =>
    renderPosition({ ...place, actor, position: { ...position, ...fields } })
  const denial = {
    value: 'DENY' as const,
    standingClaims: [{ statement: 's', value: 'DENY' as const, scope: null, condition: null }],
    standing: ['s'],
  }
  t.match(renderDisputes([of('ukr'), of('irn', denial)]), [
    { matter: 'irn-rus.uav', kind: 'OPPOSED', actors: ['irn', 'ukr'], statements: [['s'], ['uw-044']] },
  ])
  t.strictSame(renderDisputes([of('ukr'), of('irn', { ...denial, facet: 'NORM' })]), [])
  t.strictSame(renderDisputes([of('ukr'), of('irn', { ...denial, standingClaims: [] })]), [])
  t.end()
})
