import t from 'tap'
import { stateOf } from '#services/operator/unga-votes/states.js'

const DAY = '1985-12-12'

t.test('a state that exists has its ISO 3166-1 alpha-3 code', (t) => {
  const cases = [
    ['Iran', 'IR', 'irn'],
    ['United Kingdom', 'GB', 'gbr'],
    ['Russia', 'RU', 'rus'],
    ['Namibia', 'NA', 'nam'],
    ['Congo - Kinshasa', 'CD', 'cod'],
    ['Taiwan', 'TW', 'twn'],
    ['Belarus', 'BY', 'blr'],
  ] as const
  for (const [country, code, id] of cases) {
    t.equal(stateOf(country, code, DAY)?.id, id, country)
    t.equal(stateOf(country, code, DAY)?.name, country, 'and the name that the data give it')
  }
  t.same(stateOf('Russia', 'RU', DAY)?.aliases, ['Russian Federation'])
  t.same(stateOf('Trinidad & Tobago', 'TT', DAY)?.aliases, ['Trinidad and Tobago'])
  t.same(stateOf('Moldova', 'MD', DAY)?.aliases, [], 'not "Moldova, Republic of"')
  t.end()
})

t.test('a state that is gone keeps the code that it had', (t) => {
  const cases = [
    ['Czechoslovakia', 'CS', 'csk'],
    ['German Democratic Republic', 'DD', 'ddr'],
    ["Yemen People's Republic", 'YD', 'ymd'],
    ['Yugoslavia', 'YU', 'yug'],
    ['USSR', 'SU', 'sun'],
  ] as const
  for (const [country, code, id] of cases)
    t.match(stateOf(country, code, DAY), { id, name: country, description: 'A former state.' })
  t.end()
})

t.test('a state that only changed its name is the one that it is today', (t) => {
  t.match(stateOf('Zaire', 'ZR', DAY), { id: 'cod' })
  t.match(stateOf('Burma', 'BU', DAY), { id: 'mmr', name: 'Myanmar' })
  t.match(stateOf('Dahomey', 'DY', DAY), { id: 'ben', name: 'Benin' })
  t.end()
})

t.test('the Yugoslavia that was admitted in 2000 is Serbia', (t) => {
  t.equal(stateOf('Yugoslavia', 'YU', '1992-05-30')?.id, 'yug')
  t.match(stateOf('Yugoslavia', 'YU', '2000-11-01'), { id: 'srb', name: 'Serbia' })
  t.match(stateOf('Yugoslavia', 'YU', '2013-12-05'), { id: 'srb', name: 'Serbia' })
  t.equal(stateOf('Serbia and Montenegro', 'CS', '2004-12-03')?.id, 'srb')
  t.end()
})

t.test('a state without a code goes by its name', (t) => {
  t.equal(stateOf('Federal Republic of Germany', '', DAY)?.id, 'federal-republic-of-germany')
  t.equal(stateOf('Yemen Arab Republic', '', DAY)?.id, 'yemen-arab-republic')
  t.equal(stateOf('Yemen Arab Republic', 'NA', DAY)?.id, 'yemen-arab-republic', 'NA is what R writes for "none"')
  t.equal(stateOf('Zanzibar', '', DAY)?.id, 'zanzibar')
  t.end()
})

t.test('what is no state is none', (t) => {
  t.equal(stateOf('Nowhere', 'ZZ', DAY), undefined)
  t.equal(stateOf('', '', DAY), undefined)
  t.equal(stateOf('Македонија', '', DAY), undefined)
  t.end()
})
