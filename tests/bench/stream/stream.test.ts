import t from 'tap'
import { Latencies } from './latencies.js'
import { growthOf } from './report.js'

t.test('a quantile of counted latencies', (t) => {
  const latencies = new Latencies()
  for (let ms = 1; ms <= 200; ms++) latencies.add(ms)
  t.equal(latencies.total, 200)
  t.equal(latencies.quantileMs(0.5), 100)
  t.equal(latencies.quantileMs(0.99), 198)
  t.equal(latencies.quantileMs(1), 200)
  latencies.add(1e9)
  t.equal(latencies.quantileMs(1), 10_000, 'bounded')
  t.equal(new Latencies(latencies.counts).total, 201)
  t.end()
})

t.test('growth is of the last third against the first', (t) => {
  t.strictSame(growthOf([1, 3, 9, 9, 5, 7]), { first: 2, last: 6 })
  t.end()
})
