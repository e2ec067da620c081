import t from 'tap'
import type { CollectedVotes } from '#services/operator/unga-votes/collect-votes.js'
import type { RollCall } from '#services/operator/unga-votes/roll-calls.js'
import { seriesLines } from '#services/operator/unga-votes/series-lines.js'
import type { VoteSeries } from '#services/operator/unga-votes/series.js'
import { stateOf } from '#services/operator/unga-votes/states.js'
import { eventOfLine, foldLines } from './fold-lines.js'

const SERIES: VoteSeries = { rcids: ['4676'], dossier: 'disarmament', matter: 'treaty', title: 'A treaty' }
const rollCall: RollCall = {
  rcid: '4676',
  session: '61',
  date: '2006-12-06',
  resolution: 'R/61/89',
  title: 'Towards a treaty',
  partial: false,
}
const usa = stateOf('United States', 'US', rollCall.date)!
const czechoslovakia = stateOf('Czechoslovakia', 'CS', rollCall.date)!

const collected = (...votes: CollectedVotes['rollCalls'][number]['votes']): CollectedVotes => ({
  rollCalls: [{ rollCall, votes }],
  states: votes.map(({ state }) => state),
  rowsRead: votes.length,
  votes: votes.length,
  skipped: {
    otherRollCall: 0,
    rollCallUnknown: 0,
    absent: 0,
    voteUnknown: 0,
    countryUnknown: 0,
    duplicateRow: 0,
    contradictingRow: 0,
  },
  unknownCountries: [],
})

t.test('a vote is a BINDING statement of the state itself, on whether the matter should be', (t) => {
  const lines = [...seriesLines(SERIES, collected({ state: usa, vote: 'no' }))]
  t.same(
    lines.map((line) => `${line.type.replace(/^ledger\.|\.v1$/g, '')} ${line.subject}`),
    [
      'dossier.registered disarmament',
      'matter.registered treaty',
      'source.registered unvotes',
      'actor.registered usa',
      'office.held usa.un-general-assembly',
      'report.registered unga-4676',
      'statement.recorded treaty.4676.usa',
    ],
  )
  t.same(lines.at(4)?.data, {
    title: 'Delegation to the UN General Assembly: votes',
    holder: 'usa',
    actor: 'usa',
    authority: 'BINDING',
  })
  t.same(lines.at(6)?.data, {
    dossier: 'disarmament',
    speaker: 'usa',
    office: 'usa.un-general-assembly',
    onBehalfOf: [{ actor: 'usa', capacity: 'OWN' }],
    channel: 'UN General Assembly, roll call 4676',
    act: 'VOTE',
    stances: [{ matter: 'treaty', facet: 'NORM', value: 'AGAINST' }],
    gist: 'Voted against resolution 61/89',
    occasionId: 'unga-4676',
    evidence: [
      {
        report: 'unga-4676',
        published: '2006-12-06',
        said: '2006-12-06',
        dateBasis: 'date of the roll call',
        quote: 'no',
        fidelity: 'VERBATIM',
      },
    ],
  })
  t.end()
})

t.test('the report says which resolution it was, and where to read it if its number tells', (t) => {
  const report = (fields: Partial<RollCall>) => {
    const votes = collected({ state: usa, vote: 'yes' })
    const line = [
      ...seriesLines(SERIES, { ...votes, rollCalls: [{ rollCall: { ...rollCall, ...fields }, votes: [] }] }),
    ].at(-1)!
    return eventOfLine(line).data
  }
  t.match(report({}), { title: 'Resolution 61/89: Towards a treaty', url: 'https://undocs.org/A/RES/61/89' })
  t.match(report({ resolution: 'A/RES/74/49' }), { url: 'https://undocs.org/A/RES/74/49' })
  t.notOk('url' in report({ resolution: 'R/9/808A' }), 'its symbol would be A/RES/808(IX)A')
  t.match(report({ resolution: null, title: '' }), { title: 'Roll call 4676' })
  t.end()
})

t.test('yes is FAVOR, no AGAINST, an abstention NONE; all lines are what intake takes', (t) => {
  const votes = [
    { state: usa, vote: 'no' },
    { state: czechoslovakia, vote: 'abstain' },
    { state: stateOf('Yugoslavia', 'YU', rollCall.date)!, vote: 'yes' },
  ] as const
  const folds = foldLines([...seriesLines(SERIES, collected(...votes))], 'disarmament')
  t.same(
    [...folds].map(([actor, fold]) => [actor, fold.positions.map((p) => `${p.matter} ${p.facet} ${p.value}`)]),
    [
      ['usa', ['treaty NORM AGAINST']],
      ['csk', ['treaty NORM NONE']],
      ['srb', ['treaty NORM FAVOR']],
    ],
  )
  t.end()
})

t.test('the same roll call on another matter makes another statement of the same report', (t) => {
  const [one, other] = [SERIES, { ...SERIES, matter: 'another' }].map((series) => [
    ...seriesLines(series, collected({ state: usa, vote: 'yes' })),
  ])
  t.not(one?.at(-1)?.subject, other?.at(-1)?.subject)
  t.same(one?.at(-2), other?.at(-2))
  t.end()
})
