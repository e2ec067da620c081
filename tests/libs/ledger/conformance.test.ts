import { test } from 'tap'
import { foldTrack } from '#libs/ledger/fold-track.js'
import type { TrackFold, TrackStatement } from '#libs/ledger/track.js'
import { listed, readConformanceCases } from './conformance-cases.js'

const { matters, cases } = readConformanceCases()

const folded = (fold: TrackFold): unknown => ({ ...fold, positions: fold.positions.map(listed) })

for (const [name, reorder] of Object.entries({
  'in the order of the file': (statements: readonly TrackStatement[]) => statements,
  'turned around': (statements: readonly TrackStatement[]) => statements.toReversed(),
  'shuffled once': (statements: readonly TrackStatement[]) => shuffled(statements, 1),
  'shuffled again': (statements: readonly TrackStatement[]) => shuffled(statements, 20_221_020),
}))
  void test(`all 900 tracks fold to every change, conflict and position given, statements ${name}`, (t) => {
    t.equal(cases.length, 900)
    for (const { number, statements, ...expected } of cases) {
      const fold = folded(foldTrack(reorder(statements), matters))
      // one assertion a track would print 900 lines; a failing one prints its difference all the same
      if (JSON.stringify(sorted(fold)) !== JSON.stringify(sorted(expected)))
        t.strictSame(fold, expected, `case ${String(number)}`)
    }
    t.end()
  })

/** Fisher and Yates, by a generator that repeats with its seed. */
function shuffled(statements: readonly TrackStatement[], seed: number): TrackStatement[] {
  const result = [...statements]
  let state = seed
  for (let index = result.length - 1; index > 0; index--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    const other = state % (index + 1)
    ;[result[index], result[other]] = [result[other]!, result[index]!]
  }
  return result
}

/** The same value with the keys of every object in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
