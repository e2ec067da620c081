import { test } from 'tap'
import { growthOf, median, rateOf } from './rates.js'

/** Points in milliseconds and events. */
function points(...pairs: [atMs: number, events: number][]) {
  return pairs.map(([atMs, events]) => ({ atMs, events }))
}

test('a rate counts from the first point to the last, whatever the first has', (t) => {
  t.equal(rateOf({ progress: points([1_000, 500], [2_000, 1_500], [3_000, 2_500]) }), 1_000)
  t.throws(() => rateOf({ progress: points([1_000, 500]) }))
  t.throws(() => rateOf({ progress: [] }))
  t.end()
})

test('the median of an odd number is the middle one, of an even number between the middle two', (t) => {
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([9, 1, 5, 7]), 6)
  t.end()
})

test('growth is the time of the last events over that of the first, between commits in proportion', (t) => {
  t.equal(growthOf(points([0, 0], [100, 100], [200, 200]), 50), 1)
  t.equal(growthOf(points([0, 0], [100, 100], [400, 200]), 100), 3)
  t.equal(growthOf(points([0, 0], [100, 100], [400, 200]), 50), 3)
  t.equal(growthOf(points([10, 40], [20, 140], [40, 240]), 100), 2, 'from a commit that is not the first')
  t.equal(growthOf(points([0, 0], [100, 100]), 60), undefined, 'too short for two windows')
  t.end()
})
