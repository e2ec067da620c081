import { test } from 'tap'
import { explainTrack } from '#libs/ledger/explain-track.js'
import { foldTrack } from '#libs/ledger/fold-track.js'
import { BESIDE_RULES, FIRST_CLAIM_RULES, OVERLAP_RULES } from '#libs/ledger/outcome-rules.js'
import { readConformanceCases } from './conformance-cases.js'
import { MATTERS, said } from './specification.js'

void test('each step tells its claim, the row that decided and against what, and what it moved', (t) => {
  const steps = explainTrack(
    [
      said('2022-10-18', 'spokesman', 'irn-rus.uav', 'FACT DENY').named('denial').takenBackOn('2022-12-01').statement,
      said('2022-11-05', 'foreign-minister', 'irn-rus.uav', 'FACT AFFIRM').named('admission').statement,
      said('2022-11-20', 'spokesman', 'irn-rus.uav', 'FACT DENY').named('another').statement,
    ],
    MATTERS,
  )
  t.match(steps, [
    { claim: { statement: 'denial' }, rows: [{ row: 'nothing stands, nothing to move', against: null }] },
    {
      claim: { statement: 'admission', value: 'AFFIRM' },
      rows: [{ row: 'other value, may move it', against: { statement: 'denial' }, order: 'certain' }],
      changes: [{ kind: 'REVERSAL' }],
    },
    {
      claim: { statement: 'another' },
      rows: [{ row: 'other value, may not move it', against: { statement: 'admission' } }],
      changes: [],
      conflicts: [{ statements: ['admission', 'another'], settledBy: null }],
    },
    { statement: 'denial', claim: null, rows: [{ row: 'withdrawal (6.9)' }], changes: [] },
  ])
  t.end()
})

const { matters, cases } = readConformanceCases()

void test('the steps of every case make the changes of its fold', (t) => {
  for (const { number, statements } of cases) {
    const changes = explainTrack(statements, matters).flatMap((step) => step.changes)
    t.strictSame(changes, foldTrack(statements, matters).changes, `case ${String(number)}`)
  }
  t.end()
})

void test('every row of the table is met by some case', (t) => {
  const met = new Set(
    cases.flatMap(({ statements }) =>
      explainTrack(statements, matters).flatMap(({ rows }) => rows.map(({ row }) => row)),
    ),
  )
  for (const { row } of [...FIRST_CLAIM_RULES, ...BESIDE_RULES, ...OVERLAP_RULES]) t.ok(met.has(row), row)
  t.end()
})
