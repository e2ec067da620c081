import t from 'tap'
import { quantile } from './quantiles.js'
import { trackOf } from './track-events.js'

t.test('a quantile is a value of the sample', (t) => {
  const sample = Array.from({ length: 200 }, (_, index) => 200 - index)
  t.equal(quantile(sample, 0.5), 100)
  t.equal(quantile(sample, 0.99), 198)
  t.equal(quantile(sample, 1), 200)
  t.equal(quantile([7], 0.99), 7)
  t.end()
})

t.test('a track is the same for the same seed, and one statement in twenty is amended', (t) => {
  const track = trackOf(1, 100, 5)
  t.strictSame(track, trackOf(1, 100, 5))
  t.equal(track.statements.length, 100)
  t.equal(track.amendments.length, 5)
  t.ok(track.statements.every(({ type }) => type === 'ledger.statement.recorded.v1'))
  t.end()
})
