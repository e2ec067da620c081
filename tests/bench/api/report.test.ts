import t from 'tap'
import { shareOf, type LoadRequest } from './load.js'
import { linesOf, renderReport } from './report.js'
import { ofMiddleLength } from './sample.js'
import { SUBJECTS } from './subjects.js'

/** Rounds of one subject; each request takes the server 20 µs, and one of a hundred 4 ms. */
function rounds(name: string, ...rates: number[]) {
  const subject = SUBJECTS.find((one) => one.name === name)!
  return { subject, loads: rates.map((requestsPerSecond) => ({ requestsPerSecond, cpuMicroseconds: 20, p99Ms: 4 })) }
}

t.test('a line has the median of its rounds, and how far they lie apart', (t) => {
  const [line] = linesOf([rounds('bare', 500, 100, 300, 400, 200)])
  t.match(line, { name: 'bare', rateMedian: 300, rateMin: 100, rateMax: 500, cpuMicroseconds: 20, p99Ms: 4 })
  t.end()
})

t.test('a target is met from its ratio on, and left out where a side was not measured', (t) => {
  const lines = linesOf([rounds('bare', 10_000), rounds('position', 3_000), rounds('not-modified', 2_999)])
  const report = renderReport(lines)
  t.match(report, '| one position over bare ≥ 0.3 | 0.30, met | 1.00 |')
  t.match(report, '| 304 over bare ≥ 0.3 | 0.30, not met | 1.00 |')
  t.notMatch(report, /over Go|json_agg/)
  t.match(report, '| api, one position by key | 3,000 | 3,000 to 3,000 | 0.30 | 20.0 | 4 |')
  t.end()
})

t.test('connections share the requests: each is asked by one of them, and one alone is asked by all', (t) => {
  const requests = Array.from({ length: 150 }, (_, index): LoadRequest => ({ path: `/${index}` }))
  const shares = Array.from({ length: 64 }, (_, connection) => shareOf(requests, connection))
  t.strictSame(
    shares
      .flat()
      .map(({ path }) => path)
      .toSorted(),
    requests.map(({ path }) => path).toSorted(),
  )
  for (const connection of [0, 1, 63, 64]) t.equal(shareOf(requests.slice(0, 1), connection).length, 1)
  t.end()
})

t.test('the body that stands for the others has the middle length', (t) => {
  t.equal(ofMiddleLength(['aaa', 'a', 'aa', 'aaaaa', 'aaaa']), 'aaa')
  t.end()
})
