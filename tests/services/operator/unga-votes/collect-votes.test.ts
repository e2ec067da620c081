import { Readable } from 'node:stream'
import t from 'tap'
import { collectVotes, VOTE_COLUMNS } from '#services/operator/unga-votes/collect-votes.js'
import { readCsv } from '#services/operator/unga-votes/csv-rows.js'
import { indexRollCalls, ROLL_CALL_COLUMNS } from '#services/operator/unga-votes/roll-calls.js'

const ROLL_CALLS = [
  'rcid,session,importantvote,date,unres,amend,para,short,descr',
  '30,63,0,2008-12-24,R/63/240,,,GENERAL DISARMAMENT,"Towards a treaty: resolution / adopted by the General Assembly"',
  '20,61,1,2006-12-06,R/61/89,1,,"SHORT\u0008 TITLE",A/61/394 90x - THE TREATY',
  '40,64,0,2009-12-02,,,0,,"The Treaty\u00c2\u00a0"',
]
const rollCalls = (rcids: string[], lines = ROLL_CALLS) =>
  indexRollCalls(readCsv(Readable.from([lines.join('\n')]), ROLL_CALL_COLUMNS, 'roll calls'), rcids)

const votes = (...lines: string[]) =>
  readCsv(Readable.from([['rcid,country,country_code,vote', ...lines].join('\n')]), VOTE_COLUMNS, 'votes')

t.test('roll calls come by date, with what is worth telling of them', async (t) => {
  const collected = await collectVotes(
    votes('40,Iran,IR,yes', '30,Iran,IR,no', '20,Iran,IR,abstain'),
    await rollCalls(['40', '20', '30']),
  )
  t.same(
    collected.rollCalls.map((cast) => cast.rollCall),
    [
      { rcid: '20', session: '61', date: '2006-12-06', resolution: 'R/61/89', title: 'SHORT TITLE', partial: true },
      {
        rcid: '30',
        session: '63',
        date: '2008-12-24',
        resolution: 'R/63/240',
        title: 'Towards a treaty',
        partial: false,
      },
      { rcid: '40', session: '64', date: '2009-12-02', resolution: null, title: 'The Treaty', partial: false },
    ],
  )
})

t.test('each row is a vote, or is counted by the reason why not', async (t) => {
  const collected = await collectVotes(
    votes(
      '20,Iran,IR,yes',
      '20,Israel,IL,abstain',
      '20,Iran,IR,yes',
      '20,Israel,IL,no',
      '20,Ukraine,UA,absent',
      '20,Russia,RU,',
      '20,Russia,RU,perhaps',
      '20,Nowhere,ZZ,yes',
      '30,Iran,IR,yes',
      '99,Iran,IR,yes',
      '20,Zimbabwe,zw, No ',
    ),
    await rollCalls(['20']),
  )
  t.same(
    collected.rollCalls[0]?.votes.map(({ state, vote }) => [state.id, vote]),
    [
      ['irn', 'yes'],
      ['isr', 'abstain'],
      ['zwe', 'no'],
    ],
  )
  t.same(
    collected.states.map((state) => state.id),
    ['irn', 'isr', 'zwe'],
  )
  t.match(collected, { rowsRead: 11, votes: 3, unknownCountries: ['Nowhere (ZZ)'] })
  t.same(collected.skipped, {
    otherRollCall: 1,
    rollCallUnknown: 1,
    absent: 2,
    voteUnknown: 1,
    countryUnknown: 1,
    duplicateRow: 1,
    contradictingRow: 1,
  })
})

t.test('two files that do not belong together are told apart before anything is sent', async (t) => {
  await t.rejects(rollCalls(['20', '21', '22']), { fault: 'ROLL_CALL_UNKNOWN', message: '21, 22' })
  await t.rejects(rollCalls(['20'], [ROLL_CALLS[0]!, '20,61,0,6 December 2006,R/61/89,,,,The Treaty']), {
    name: 'UsageError',
    fault: 'ROW_INVALID',
  })
  const index = await rollCalls(['20', '30'])
  await t.rejects(collectVotes(votes('20,Iran,IR,yes', '30,Iran,IR,absent'), index), {
    fault: 'ROLL_CALL_WITHOUT_VOTES',
    message: '30',
  })
})
