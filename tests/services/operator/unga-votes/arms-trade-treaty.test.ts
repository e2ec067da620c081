import t from 'tap'
import { iso31661 } from 'iso-3166'
import { readSeedLines } from '#seeds/seed-lines.js'
import { armsTradeTreatyLines } from '#seeds/arms-trade-treaty/arms-trade-treaty.js'
import type { Line } from '#services/operator/unga-votes/series-lines.js'
import { foldLines } from './fold-lines.js'

const registry = readSeedLines('registry.jsonl') as Line[]
const lines = await armsTradeTreatyLines()
const folds = foldLines([...registry, ...lines], 'arms-trade-treaty')
const changes = [...folds].flatMap(([actor, fold]) => fold.changes.map((change) => ({ actor, ...change })))

t.test('1,931 votes of 193 states fold to what docs/design.md 6 says of them', (t) => {
  t.equal(lines.filter((line) => line.type === 'ledger.statement.recorded.v1').length, 1931)
  t.equal(folds.size, 193)
  t.same(countOf(changes.map((change) => change.kind)), {
    INITIAL: 193,
    REAFFIRM: 1685,
    SOFTENING: 27,
    HARDENING: 24,
    REVERSAL: 2,
  })
  t.same(
    [...folds.values()].flatMap((fold) => fold.conflicts),
    [],
  )
  t.ok(changes.every((change) => change.order === null || change.order === 'certain'))
  t.end()
})

t.test('the United States came round on 2009-12-02, and Zimbabwe turned away', (t) => {
  t.same(
    changes.filter((c) => c.kind === 'REVERSAL').map((c) => [c.actor, c.from, c.to, c.validFrom]),
    [
      ['usa', 'AGAINST', 'FAVOR', '2009-12-02'],
      ['zwe', 'FAVOR', 'AGAINST', '2009-12-02'],
    ],
  )
  t.equal(changes.filter((c) => c.reversesEarlier).length, 3)
  t.end()
})

t.test('every state has the id and the name that the other seeds give it, and is registered once', (t) => {
  const registered = [...registry, ...lines].filter((line) => line.type === 'ledger.actor.registered.v1')
  t.equal(new Set(registered.map((line) => line.subject)).size, registered.length)
  for (const actor of ['irn', 'isr', 'rus', 'ukr', 'usa', 'gbr']) t.ok(folds.has(actor), actor)
  t.notOk(folds.has('eu'), 'the European Union has no vote')
  const codes = new Set(iso31661.map((entry) => entry.alpha3.toLowerCase()))
  t.same(
    [...folds.keys()].filter((actor) => !codes.has(actor)),
    [],
    'all of them exist today',
  )
  t.end()
})

function countOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
