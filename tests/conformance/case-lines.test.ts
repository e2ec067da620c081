import t from 'tap'
import { statementFaults } from '#libs/ledger/check-statement.js'
import { readCaseFile } from './case-file.js'
import { caseIds, caseRegistryLines, sharedLines, statementLines } from './case-lines.js'
import { seededRandom } from './random.js'
import { differences } from './read-case.js'

const file = readCaseFile('tests/data/fold-cases/cases.jsonl')
const foldCase = file.cases.find(({ statements }) => statements.some(({ retracted }) => retracted !== undefined))!

t.test('a seed gives the same lines again, another seed another order', (t) => {
  const order = (seed: number) =>
    statementLines('run', foldCase, seededRandom(seed))
      .sort((a, b) => a.at - b.at)
      .map(({ line }) => `${line.type} ${line.subject}`)
  t.strictSame(order(1), order(1))
  t.notSame(order(1), order(2))
  t.end()
})

t.test('what takes a statement back comes after it, whatever the order', (t) => {
  for (let seed = 0; seed < 50; seed++) {
    const placed = statementLines('run', foldCase, seededRandom(seed))
    for (const { at, line } of placed.filter(({ line }) => line.type === 'ledger.statement.retracted.v1')) {
      const recorded = placed.find((other) => other.line.subject === line.subject && other.line !== line)
      t.ok(recorded && recorded.at <= at)
    }
  }
  t.end()
})

t.test('ids of a run sort as those of the case do, and lead back to them', (t) => {
  const { id, own } = caseIds('run', foldCase)
  const ids = [...foldCase.statements.map((statement) => statement.id), ...file.matters.keys()]
  t.strictSame(ids.map(id).sort().map(own), [...ids].sort())
  t.end()
})

t.test(
  'every case can be posted: its statements have no fault, and name matters and offices that are registered',
  (t) => {
    const offices = new Set(sharedLines('run', file, seededRandom(1)).map(({ subject }) => subject))
    for (const one of file.cases) {
      const known = new Set(caseRegistryLines('run', file.matters, one).map(({ subject }) => subject))
      for (const { line } of statementLines('run', one, seededRandom(1))) {
        if (line.type !== 'ledger.statement.recorded.v1') continue
        const faults = statementFaults(line.data)
        const unknown = line.data.stances.filter(({ matter }) => !known.has(matter))
        const sound = faults.length === 0 && unknown.length === 0 && offices.has(line.data.office ?? '')
        if (!sound) t.fail(`${line.subject}: ${JSON.stringify([faults, unknown, line.data.office])}`)
      }
    }
    t.equal(file.cases.length, 900)
    t.end()
  },
)

t.test('every difference is told: what is other, what is missing, what is too much, a role', (t) => {
  const { changes, conflicts, positions } = foldCase
  t.strictSame(differences(foldCase, { changes, conflicts, positions, wrongRoles: [] }), [])
  const [first, ...others] = positions
  const read = {
    changes: [...changes, {}],
    conflicts,
    positions: [{ ...first, value: 'OTHER' }, ...others.slice(0, -1)],
    wrongRoles: ['role of a: expected THIRD, got USER'],
  }
  const told = differences(foldCase, read)
  t.equal(told.length, 4)
  t.match(told[0], /^case \d+: changes \d+: expected nothing, got \{\}$/)
  t.match(told[1], /positions 1: expected .*, got .*OTHER/)
  t.match(told[2], /positions \d+: expected .*, got nothing/)
  t.end()
})
