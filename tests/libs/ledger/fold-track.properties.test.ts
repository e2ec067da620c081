import fc from 'fast-check'
import { test } from 'tap'
import { compareItems } from '#libs/ledger/claim-order.js'
import { itemsOf } from '#libs/ledger/claims.js'
import { explainTrack } from '#libs/ledger/explain-track.js'
import { extendTrack } from '#libs/ledger/extend-track.js'
import { foldToTrack, foldTrack } from '#libs/ledger/fold-track.js'
import { positionsOf } from '#libs/ledger/positions.js'
import { extentOf, overlap } from '#libs/ledger/scope.js'
import { openTrack, type Track } from '#libs/ledger/track-state.js'
import type { TrackFold, TrackMatters, TrackStatement } from '#libs/ledger/track.js'
import { anyMatters, anyStatements } from './arbitrary-tracks.js'

/** Laws of the fold. A failure prints its seed and path; run again with them to repeat it. */

const RUNS = 500

const holds = (law: (statements: TrackStatement[], matters: TrackMatters) => boolean): void => {
  fc.assert(fc.property(anyStatements, anyMatters, law), { numRuns: RUNS })
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

void test('the order in which statements were recorded does not matter', (t) => {
  fc.assert(
    fc.property(
      anyStatements.chain((statements) =>
        fc.tuple(
          fc.constant(statements),
          fc.shuffledSubarray(statements, { minLength: statements.length, maxLength: statements.length }),
        ),
      ),
      anyMatters,
      ([statements, shuffled], matters) => same(foldTrack(statements, matters), foldTrack(shuffled, matters)),
    ),
    { numRuns: RUNS },
  )
  t.end()
})

void test('one by one comes to what all at once comes to', (t) => {
  holds((statements, matters) => same(foldOneByOne(statements, matters), foldTrack(statements, matters)))
  t.end()
})

void test('a statement that is voided leaves no trace', (t) => {
  holds((statements, matters) => {
    const [voided, ...others] = statements
    const before = JSON.stringify(foldTrack(others, matters))
    if (voided) foldTrack([...others, voided], matters)
    return JSON.stringify(foldTrack(others, matters)) === before
  })
  t.end()
})

void test('folding changes nothing that it was given', (t) => {
  holds((statements, matters) => {
    const before = JSON.stringify(statements)
    foldTrack(statements, matters)
    return JSON.stringify(statements) === before
  })
  t.end()
})

void test('whatever intake lets through is folded: standing scopes are disjoint, names refer to statements', (t) => {
  holds((statements, matters) => {
    const ids = new Set(statements.map(({ id }) => id))
    return foldTrack(statements, matters).positions.every(({ standingClaims, statement, standing, contestedBy }) => {
      const extents = standingClaims.map(({ scope }) => extentOf(scope ?? undefined))
      const disjoint = extents.every((one, index) => extents.slice(0, index).every((other) => !overlap(one, other)))
      return disjoint && [statement, ...standing, ...contestedBy].every((id) => ids.has(id))
    })
  })
  t.end()
})

void test('the steps that are explained make the changes of the fold', (t) => {
  holds((statements, matters) =>
    same(
      explainTrack(statements, matters).flatMap(({ changes }) => changes),
      foldTrack(statements, matters).changes,
    ),
  )
  t.end()
})

void test('a circle among the matters is folded too', (t) => {
  const circle: TrackMatters = new Map(
    [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ].map(([id = '', broader = '']) => [id, { broader: [broader], role: 'SUPPLIER', hasParties: true }]),
  )
  fc.assert(
    fc.property(anyStatements, (statements) => foldTrack(statements, circle).positions.length >= 0),
    { numRuns: RUNS },
  )
  t.end()
})

/** Extends a track as long as statements sort last, and folds anew where one does not. */
function foldOneByOne(statements: readonly TrackStatement[], matters: TrackMatters): TrackFold {
  const first = (one: TrackStatement): ReturnType<typeof itemsOf>[number] | undefined => itemsOf(one, matters)[0]
  const sorted = statements
    .filter((one) => first(one) !== undefined)
    .toSorted((a, b) => compareItems(first(a)!, first(b)!))
  const fold: { changes: TrackFold['changes']; conflicts: Map<string, TrackFold['conflicts'][number]> } = {
    changes: [],
    conflicts: new Map(),
  }
  let track: Track = openTrack(matters)
  sorted.forEach((statement, index) => {
    const extended = extendTrack(track, statement)
    track = extended === 'refold' ? foldToTrack(sorted.slice(0, index + 1), matters) : extended
    if (extended === 'refold') {
      fold.changes = []
      fold.conflicts.clear()
    }
    fold.changes.push(...track.delta.changes)
    for (const conflict of track.delta.conflicts)
      fold.conflicts.set([conflict.facet, ...conflict.matters, ...conflict.statements].join(' '), conflict)
  })
  return { changes: fold.changes, conflicts: [...fold.conflicts.values()], positions: positionsOf(track) }
}
