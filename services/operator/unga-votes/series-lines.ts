import type { EventOf, EventType } from '#libs/contracts/events.js'
import type { Value } from '#libs/contracts/vocabulary.js'
import type { CastVotes, CollectedVotes, StateVote, Vote } from './collect-votes.js'
import type { RollCall } from './roll-calls.js'
import type { VoteSeries } from './series.js'
import type { State } from './states.js'

/** One event as intake is asked to record it. The lines of the seeds have the same form. */
export type Line = { [T in EventType]: LineOf<T> }[EventType]
export interface LineOf<T extends EventType> {
  type: T
  subject: string
  data: EventOf<T>['data']
}

/** What a vote says on whether the measure should be: docs/design.md 6, last paragraph. */
const NORM_OF: Readonly<Record<Vote, Value>> = { yes: 'FAVOR', no: 'AGAINST', abstain: 'NONE' }

/** Id of the source whose reports these are. */
export const SOURCE = 'unvotes'

/** All lines of a series: each refers only to those before it. */
export function* seriesLines(series: VoteSeries, collected: CollectedVotes): Generator<Line> {
  yield* registryLines(series, collected)
  for (const cast of collected.rollCalls) yield* voteLines(series, cast)
}

/** What the votes refer to: dossier, matter, source, states and their offices, one report a roll call. */
export function* registryLines(series: VoteSeries, collected: CollectedVotes): Generator<Line> {
  const { dossier, title } = series
  const description = series.description === undefined ? {} : { description: series.description }
  yield { type: 'ledger.dossier.registered.v1', subject: dossier, data: { title, ...description } }
  // no parties: whether a measure should be is everybody's question
  yield { type: 'ledger.matter.registered.v1', subject: series.matter, data: { dossier, title, ...description } }
  yield { type: 'ledger.source.registered.v1', subject: SOURCE, data: SOURCE_DATA }
  for (const state of collected.states) yield actorLine(state)
  for (const state of collected.states) yield officeLine(state)
  for (const { rollCall } of collected.rollCalls) yield reportLine(rollCall)
}

/** One statement a vote. */
export function* voteLines(series: VoteSeries, cast: CastVotes): Generator<LineOf<'ledger.statement.recorded.v1'>> {
  for (const vote of cast.votes) yield voteLine(series, cast.rollCall, vote)
}

/** Starts with the matter, since one roll call can be evidence on two of them, and a statement belongs to one dossier. */
export const statementId = (series: VoteSeries, rollCall: RollCall, state: State): string =>
  `${series.matter}.${rollCall.rcid}.${state.id}`

export const reportId = (rollCall: RollCall): string => `unga-${rollCall.rcid}`
const officeId = (state: State): string => `${state.id}.un-general-assembly`

function voteLine(
  series: VoteSeries,
  rollCall: RollCall,
  { state, vote }: StateVote,
): LineOf<'ledger.statement.recorded.v1'> {
  const report = reportId(rollCall)
  return {
    type: 'ledger.statement.recorded.v1',
    subject: statementId(series, rollCall, state),
    data: {
      dossier: series.dossier,
      speaker: state.id,
      office: officeId(state),
      onBehalfOf: [{ actor: state.id, capacity: 'OWN' }],
      channel: `UN General Assembly, roll call ${rollCall.rcid}`,
      act: 'VOTE',
      stances: [{ matter: series.matter, facet: 'NORM', value: NORM_OF[vote] }],
      gist: `${VOTED[vote]} ${measureOf(rollCall)}`,
      occasionId: report,
      evidence: [
        {
          report,
          published: rollCall.date,
          said: rollCall.date,
          dateBasis: 'date of the roll call',
          quote: vote,
          // the record of a vote is the vote
          fidelity: 'VERBATIM',
        },
      ],
    },
  }
}

const VOTED: Readonly<Record<Vote, string>> = { yes: 'Voted for', no: 'Voted against', abstain: 'Abstained on' }

const measureOf = ({ rcid, resolution }: RollCall): string =>
  resolution === null ? `the measure of roll call ${rcid}` : `resolution ${numberOf(resolution)}`

/** `61/89` of `R/61/89` and of `A/RES/61/89`; emergency and special sessions keep their letters. */
const numberOf = (resolution: string): string => resolution.replace(/^(?:A\/RES|R)\//, '')

const actorLine = (state: State): LineOf<'ledger.actor.registered.v1'> => ({
  type: 'ledger.actor.registered.v1',
  subject: state.id,
  data: {
    kind: 'STATE',
    name: state.name,
    ...(state.aliases.length === 0 ? {} : { aliases: [...state.aliases] }),
    ...(state.description === undefined ? {} : { description: state.description }),
  },
})

const officeLine = (state: State): LineOf<'ledger.office.held.v1'> => ({
  type: 'ledger.office.held.v1',
  subject: officeId(state),
  data: {
    title: 'Delegation to the UN General Assembly: votes',
    holder: state.id,
    actor: state.id,
    authority: 'BINDING',
  },
})

function reportLine(rollCall: RollCall): LineOf<'ledger.report.registered.v1'> {
  const url = documentOf(rollCall)
  const resolution = rollCall.resolution === null ? '' : `Resolution ${numberOf(rollCall.resolution)}`
  const title = [resolution, rollCall.title].filter((part) => part !== '').join(': ')
  return {
    type: 'ledger.report.registered.v1',
    subject: reportId(rollCall),
    data: {
      source: SOURCE,
      title: title || `Roll call ${rollCall.rcid}`,
      ...(url === null ? {} : { url }),
      published: rollCall.date,
      language: 'en',
      licence: 'CC0-1.0',
      description: `Roll call ${rollCall.rcid} of the data, session ${rollCall.session} of the General Assembly.`,
    },
  }
}

/** Where the United Nations keep the resolution. Up to session 30 its number had another form, which the data do not give. */
function documentOf({ resolution }: RollCall): string | null {
  const number = /^(?:A\/RES|R)\/(\d+)\/(\d+)$/.exec(resolution ?? '')
  return number && Number(number[1]) > 30 ? `https://undocs.org/A/RES/${number[1]}/${number[2]}` : null
}

const SOURCE_DATA: EventOf<'ledger.source.registered.v1'>['data'] = {
  name: 'United Nations General Assembly Voting Data',
  url: 'https://github.com/dgrtwo/unvotes',
  licence: 'CC0-1.0',
  description:
    'Roll-call votes since 1946, compiled by Erik Voeten, Anton Strezhnev and Michael Bailey; as tables in the repository unvotes.',
}
