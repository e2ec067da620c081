import edtf, { parse } from 'edtf'
import fc from 'fast-check'
import { test } from 'tap'
import { boundsOfText } from '#libs/ledger/edtf-bounds.js'
import { plainBounds } from '#libs/ledger/plain-dates.js'
import type { Bounds } from '#libs/ledger/bounds.js'
import { parseEdtf, publishedBounds, saidBounds } from '#libs/ledger/time.js'

/** docs/design.md 4, by examples: what days a text stands for, and how date claims combine. */

const EXAMPLES: Record<string, [earliest: string | null, latest: string | null]> = {
  '2022': ['2022-01-01', '2022-12-31'],
  '0001': ['0001-01-01', '0001-12-31'],
  '9999-12': ['9999-12-01', '9999-12-31'],
  '2022-10': ['2022-10-01', '2022-10-31'],
  '2022-02': ['2022-02-01', '2022-02-28'],
  '2024-02': ['2024-02-01', '2024-02-29'],
  '1900-02': ['1900-02-01', '1900-02-28'],
  '2000-02-29': ['2000-02-29', '2000-02-29'],
  '2022-10-20': ['2022-10-20', '2022-10-20'],
  '2022-10-20~': ['2022-10-20', '2022-10-20'],
  '2022-10?': ['2022-10-01', '2022-10-31'],
  '2022%': ['2022-01-01', '2022-12-31'],
  '2022-?10-20': ['2022-10-20', '2022-10-20'],
  '2022-10~/2022-10-20': ['2022-10-01', '2022-10-20'],
  '2022-10-18/2022-10': ['2022-10-18', '2022-10-31'],
  '2022-06/2022-08': ['2022-06-01', '2022-08-31'],
  '../..': [null, null],
  '../2022-02-23': [null, '2022-02-23'],
  '/2022-02-23': [null, '2022-02-23'],
  '2022-02-24/..': ['2022-02-24', null],
  '2022-02-24/': ['2022-02-24', null],
  '[..2022-10-20]': [null, '2022-10-20'],
  '[2022-10-20..]': ['2022-10-20', null],
  '[2022-10-18,2022-10-19]': ['2022-10-18', '2022-10-19'],
  '[2022-10-19,2022-10-18]': ['2022-10-18', '2022-10-19'],
  '[2022-10-18..2022-10-20,2022-11]': ['2022-10-18', '2022-11-30'],
  '[2021,2022-10..2022-11]': ['2021-01-01', '2022-11-30'],
  '2022-21': ['2022-03-01', '2022-05-31'],
  '2022-22': ['2022-06-01', '2022-08-31'],
  '2022-23': ['2022-09-01', '2022-11-30'],
  '2022-24': ['2022-12-01', '2023-02-28'],
  '2022-1X': ['2022-10-01', '2022-12-31'],
  '2022-X0': ['2022-10-01', '2022-10-31'],
  '2022-X1': ['2022-01-01', '2022-11-30'],
  '2022-XX': ['2022-01-01', '2022-12-31'],
  '2022-02-XX': ['2022-02-01', '2022-02-28'],
  '2022-10-3X': ['2022-10-30', '2022-10-31'],
  '2022-XX-12': ['2022-01-12', '2022-12-12'],
  '202X': ['2020-01-01', '2029-12-31'],
  '20XX': ['2000-01-01', '2099-12-31'],
  '2022-10-20T23:30:00-05:00': ['2022-10-21', '2022-10-21'],
  '2022-10-20T23:30:00Z': ['2022-10-20', '2022-10-20'],
}

void test('what a text stands for, both ends included', (t) => {
  for (const [text, [earliest, latest]] of Object.entries(EXAMPLES))
    t.strictSame(parseEdtf(text), { ok: true, bounds: { earliest, latest } }, text)
  t.end()
})

const IMPOSSIBLE = [
  '2022-02-30',
  '2023-02-29',
  '2022-13',
  '2022-00',
  '2022-10-00',
  '2022-10-32',
  '0000',
  '-0044',
  'Y12022',
  '2023-01/2022-01',
  '2022-10-20/2022-10-18',
  '2022-25',
  '[]',
  '{2022,2023}',
  'yesterday',
  '',
  ' 2022',
  '2022 ',
  '20 2',
  '２０２２',
  '2022-1',
  '2022-10-2',
  '2022-10-20-01',
  '2022-10-20~~',
  '2022/2023/2024',
  '..',
]

void test('what is no date, or no possible one, is an outcome and says why', (t) => {
  for (const text of IMPOSSIBLE) t.match(parseEdtf(text), { ok: false }, text)
  t.strictSame(parseEdtf('2023-01/2022-01'), { ok: false, reason: 'ends before it begins' })
  t.strictSame(parseEdtf('2022'.repeat(60)), { ok: false, reason: 'is longer than 200 characters' })
  t.end()
})

void test('a text read again gives the same', (t) => {
  for (const text of [...Object.keys(EXAMPLES), ...IMPOSSIBLE]) t.strictSame(parseEdtf(text), parseEdtf(text), text)
  t.end()
})

void test('whatever the text, it is read or refused, and never ends before it begins', (t) => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 220 }),
    fc.stringMatching(/^[\d\-/.~?%X,[\]TZ:]{0,30}$/),
  )
  fc.assert(
    fc.property(anyText, (text) => {
      const parsed = parseEdtf(text)
      if (!parsed.ok) return true
      const { earliest, latest } = parsed.bounds
      return earliest === null || latest === null || earliest <= latest
    }),
    { numRuns: 2_000 },
  )
  t.end()
})

const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const plainDate = fc
  .tuple(day, fc.constantFrom(4, 7, 10), fc.constantFrom('', '~', '?', '%'))
  .map(([text, length, qualifier]) => text.slice(0, length) + qualifier)
const plainText = fc.oneof(
  plainDate,
  fc.tuple(plainDate, plainDate).map((ends) => ends.join('/')),
  plainDate.map((date) => `../${date}`),
  plainDate.map((date) => `${date}/..`),
  plainDate.map((date) => `[..${date}]`),
)

void test('the short way for plain dates gives what the long way gives', (t) => {
  fc.assert(
    fc.property(plainText, (text) => {
      const plain = plainBounds(text)
      if (plain !== null) t.strictSame(plain, boundsOfText(parse(text).type ?? 'Date', text), text)
    }),
    { numRuns: 500 },
  )
  t.end()
})

void test('for what it reads rightly, the edtf package spans the same days', (t) => {
  fc.assert(
    fc.property(plainDate, (text) => {
      const { min, max } = edtf(text)
      const toDay = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10)
      t.strictSame(parseEdtf(text), { ok: true, bounds: { earliest: toDay(min), latest: toDay(max) } }, text)
    }),
    { numRuns: 200 },
  )
  t.end()
})

const claim = (text: string): Bounds => {
  const parsed = parseEdtf(text)
  return parsed.ok ? parsed.bounds : { earliest: null, latest: null }
}
const said = (printed: string, ...claims: string[]): unknown => saidBounds(claims.map(claim), { latest: printed })

void test('one date claim stands as it is, up to its first publication', (t) => {
  t.strictSame(said('2022-10-25', '2022-10-18'), { earliest: '2022-10-18', latest: '2022-10-18', disputed: false })
  t.strictSame(said('2022-11-05', '2022-11'), { earliest: '2022-11-01', latest: '2022-11-05', disputed: false })
  t.strictSame(said('2022-10-15', '2022-10-18'), { earliest: '2022-10-15', latest: '2022-10-15', disputed: false })
  t.strictSame(said('2022-10-25', '2022-10-18/..'), { earliest: '2022-10-18', latest: '2022-10-25', disputed: false })
  t.end()
})

void test('no date claim: some time before it was printed', (t) => {
  t.strictSame(said('2022-10-25'), { earliest: null, latest: '2022-10-25', disputed: false })
  t.end()
})

void test('several date claims: the days they share', (t) => {
  t.strictSame(said('2022-10-25', '2022-10-18/2022-10-20', '2022-10-19/2022-10-22', '[..2022-10-24]'), {
    earliest: '2022-10-19',
    latest: '2022-10-20',
    disputed: false,
  })
  t.end()
})

void test('they share none: all days between those with both ends known, disputed', (t) => {
  t.strictSame(said('2022-10-25', '2022-10-18', '2022-10-20', '[..2022-10-10]'), {
    earliest: '2022-10-18',
    latest: '2022-10-20',
    disputed: true,
  })
  t.end()
})

void test('they share none, and none has both ends known: all days between all, disputed', (t) => {
  t.strictSame(said('2022-10-25', '[..2022-10-10]', '2022-10-12/..'), {
    earliest: null,
    latest: '2022-10-25',
    disputed: true,
  })
  t.end()
})

void test('the first publication counts, bound by bound', (t) => {
  const publications = [
    { earliest: '2022-10-20', latest: '2022-10-22' },
    { earliest: '2022-10-21', latest: '2022-10-21' },
  ]
  t.strictSame(publishedBounds(publications), { earliest: '2022-10-20', latest: '2022-10-21' })
  t.end()
})
