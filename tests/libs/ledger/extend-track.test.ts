import { test } from 'tap'
import { compareItems } from '#libs/ledger/claim-order.js'
import type { TrackItem } from '#libs/ledger/claim.js'
import { itemsOf } from '#libs/ledger/claims.js'
import { extendTrack, extendTrackByAll, retractFromTrack } from '#libs/ledger/extend-track.js'
import { foldToTrack, foldTrack } from '#libs/ledger/fold-track.js'
import { affectedPositions, positionsOf } from '#libs/ledger/positions.js'
import { openTrack, withoutDelta, type Track } from '#libs/ledger/track-state.js'
import type { Change, Conflict, Position, TrackStatement } from '#libs/ledger/track.js'
import { boundsOf, publishedOf, readConformanceCases } from './conformance-cases.js'

const { matters, cases } = readConformanceCases()

void test('a track extended one by one comes to what it comes to at once, in all 900 cases', (t) => {
  for (const { number, statements } of cases) {
    const whole = foldTrack(statements, matters)
    const kept = keepUp(statements)
    t.strictSame(kept.changes, whole.changes, `changes of case ${String(number)}`)
    t.strictSame([...kept.conflicts.values()], whole.conflicts, `conflicts of case ${String(number)}`)
    t.strictSame([...kept.positions.values()].sort(byPlace), whole.positions, `positions of case ${String(number)}`)
  }
  t.end()
})

void test('what is extended stays as it was', (t) => {
  for (const { number, statements } of cases.slice(0, 300)) {
    const steps = stepsOf(statements.map(neverTakenBack))
    const track = foldToTrack(
      steps.slice(0, -1).flatMap((step) => step.statements),
      matters,
    )
    const before = positionsOf(track)
    extended(extendTrackByAll(track, steps.at(-1)?.statements ?? []))
    t.strictSame(positionsOf(track), before, `case ${String(number)}`)
  }
  t.end()
})

void test('a statement that sorts before what was folded asks for a refold', (t) => {
  const track = extended(extendTrack(openTrack(matters), statement('later', '2022-10-20')))
  t.equal(extendTrack(track, statement('earlier', '2022-10-19')), 'refold')
  t.equal(extendTrack(track, statement('later', '2022-10-20')), 'refold', 'so does the same statement once more')
  t.not(extendTrack(track, statement('next', '2022-10-21')), 'refold')
  t.end()
})

void test('several statements of one batch extend together, whatever their order in it', (t) => {
  const [a, b, c] = [statement('a', '2022-10-01'), statement('b', '2022-10-02'), statement('c', '2022-10-03')]
  const track = extended(extendTrackByAll(extended(extendTrack(openTrack(matters), a)), [c, b]))
  t.strictSame(positionsOf(track), positionsOf(foldToTrack([a, b, c], matters)))
  t.equal(extendTrackByAll(track, [statement('d', '2022-10-04'), statement('e', '2022-10-02')]), 'refold')
  t.end()
})

void test('a statement without stances makes nothing, and the delta says so', (t) => {
  const track = extended(extendTrack(openTrack(matters), statement('a', '2022-10-01')))
  const context = { ...statement('b', '2022-09-01'), stances: [] }
  t.strictSame(extended(extendTrack(track, context)).delta, { changes: [], conflicts: [], touched: [] })
  t.end()
})

void test('a track that is kept without its delta goes on the same', (t) => {
  const track = withoutDelta(extended(extendTrack(openTrack(matters), statement('a', '2022-10-01'))))
  t.strictSame(track.delta.changes, [])
  t.match(extended(extendTrack(track, statement('b', '2022-10-02'))).delta.changes, [{ kind: 'REAFFIRM' }])
  t.end()
})

void test('a retraction of what was said before others asks for a refold', (t) => {
  const track = foldToTrack([statement('a', '2022-10-01'), statement('b', '2022-10-05')], matters)
  t.equal(retractFromTrack(track, { ...statement('a', '2022-10-01'), retracted: '2022-10-03' }), 'refold')
  t.match(
    extended(retractFromTrack(track, { ...statement('b', '2022-10-05'), retracted: '2022-10-06' })).delta.changes,
    [{ kind: 'WITHDRAWAL', statement: 'b' }],
  )
  t.strictSame(
    extended(retractFromTrack(track, statement('a', '2022-10-01'))).delta.changes,
    [],
    'nothing was taken back',
  )
  t.end()
})

interface Kept {
  readonly changes: Change[]
  readonly conflicts: Map<string, Conflict>
  readonly positions: Map<string, Position>
}

/** What someone holds who only ever sees deltas and the positions they affect. */
function keepUp(statements: readonly TrackStatement[]): Kept {
  const kept: Kept = { changes: [], conflicts: new Map(), positions: new Map() }
  let track = openTrack(matters)
  for (const step of stepsOf(statements)) {
    track = extended(stepOn(withoutDelta(track), step))
    take(kept, track)
  }
  return kept
}

function stepOn(track: Track, { statements, isRetraction }: Step): Track | 'refold' {
  const [only] = statements
  if (only !== undefined && isRetraction) return retractFromTrack(track, only)
  return extendTrackByAll(track, statements.map(neverTakenBack))
}

function take(kept: Kept, track: Track): void {
  kept.changes.push(...track.delta.changes)
  for (const conflict of track.delta.conflicts) {
    const { facet, matters: places, statements } = conflict
    kept.conflicts.set(JSON.stringify([facet, places, statements]), conflict)
  }
  for (const { matter, facet, position } of affectedPositions(track)) {
    if (position) kept.positions.set(`${matter} ${facet}`, position)
    else kept.positions.delete(`${matter} ${facet}`)
  }
}

interface Step {
  readonly statements: TrackStatement[]
  readonly isRetraction: boolean
  readonly first: TrackItem
  last: TrackItem
}

/** Statements and retractions as they sort, each on its own; only statements whose claims sort among each other's go as one. */
function stepsOf(statements: readonly TrackStatement[]): Step[] {
  const steps: Step[] = []
  for (const step of statements.flatMap(ownSteps).sort((a, b) => compareItems(a.first, b.first))) {
    const before = steps.at(-1)
    if (before && compareItems(before.last, step.first) > 0) {
      before.statements.push(...step.statements)
      before.last = [before.last, step.last].sort(compareItems)[1] ?? step.last
    } else steps.push(step)
  }
  return steps
}

function ownSteps(one: TrackStatement): Step[] {
  const items = itemsOf(one, matters)
  return [items.filter(({ kind }) => kind === 'CLAIM'), items.filter(({ kind }) => kind === 'RETRACTION')].flatMap(
    (some) => {
      const [first, last] = [some[0], some.at(-1)]
      return first && last ? [{ statements: [one], isRetraction: first.kind === 'RETRACTION', first, last }] : []
    },
  )
}

function neverTakenBack(one: TrackStatement): TrackStatement {
  return { ...one, retracted: null }
}

function extended(track: Track | 'refold'): Track {
  if (track === 'refold') throw new Error('it sorts last')
  return track
}

function byPlace(a: Position, b: Position): number {
  const [one, other] = [`${a.matter} ${a.facet}`, `${b.matter} ${b.facet}`]
  return one < other ? -1 : 1
}

function statement(id: string, day: string): TrackStatement {
  return {
    id,
    speaker: 'foreign-minister',
    authority: 'PRINCIPAL',
    said: boundsOf(day),
    published: publishedOf(day),
    stances: [{ matter: 'a', facet: 'FACT', value: 'DENY' }],
  }
}
