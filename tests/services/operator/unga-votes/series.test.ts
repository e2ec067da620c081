import path from 'node:path'
import t from 'tap'
import { seriesOf } from '#services/operator/unga-votes/series.js'

const ARMS_TRADE_TREATY = '4676,4901,4996,5247,5260,5335,5426,5514,5608,6098,9089'

t.test('the votes on the Arms Trade Treaty need no more than their numbers', (t) => {
  for (const series of [ARMS_TRADE_TREATY, '4676, 9089'])
    t.match(seriesOf({ series }), {
      dossier: 'arms-trade-treaty',
      matter: 'arms-trade-treaty',
      title: 'The Arms Trade Treaty',
    })
  t.equal(seriesOf({ series: ARMS_TRADE_TREATY }).rcids.length, 11)
  t.match(seriesOf({ series: ARMS_TRADE_TREATY, matter: 'att' }), { dossier: 'arms-trade-treaty', matter: 'att' })
  t.end()
})

t.test('others need a dossier', (t) => {
  t.throws(() => seriesOf({ series: '4676,77' }), { fault: 'SERIES_INVALID', message: '--dossier' })
  const series = seriesOf({ series: '77,77,78', dossier: 'palestine', title: 'Palestine' })
  t.same(series, { rcids: ['77', '78'], dossier: 'palestine', matter: 'palestine', title: 'Palestine' })
  t.throws(() => seriesOf({ series: '77', dossier: 'Palestine' }), { name: 'UsageError', fault: 'SERIES_INVALID' })
  t.throws(() => seriesOf({ series: '77', dossier: 'palestine', matter: 'x'.repeat(81) }), {
    name: 'UsageError',
    fault: 'SERIES_INVALID',
  })
  t.end()
})

t.test('a series can be a file', (t) => {
  const directory = t.testdir({
    good: '# the first two\n4676, 4901\n4996 # later\n',
    bad: '4676\nfour',
    empty: '# none\n',
  })
  const read = (file: string) => seriesOf({ series: path.join(directory, file) })
  t.same(read('good').rcids, ['4676', '4901', '4996'])
  t.throws(() => read('bad'), { fault: 'SERIES_INVALID', message: "'four'" })
  t.throws(() => read('empty'), { name: 'UsageError', fault: 'SERIES_INVALID' })
  t.throws(() => read('nowhere'), { name: 'UsageError', fault: 'FILE_MISSING' })
  t.throws(() => seriesOf({ series: ',' }), { name: 'UsageError', fault: 'SERIES_INVALID' })
  t.throws(() => seriesOf({ series: '0' }), { name: 'UsageError', fault: 'SERIES_INVALID' })
  t.end()
})
