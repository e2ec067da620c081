import { createReadStream } from 'node:fs'
import { readCsv, readGzippedCsv } from './csv-rows.js'
import { InputError } from './input-error.js'
import { listed, type RollCall, type RollCallIndex } from './roll-calls.js'
import { stateOf, type State } from './states.js'

export const VOTE_COLUMNS = ['rcid', 'country', 'country_code', 'vote'] as const
export type VoteRow = Record<(typeof VOTE_COLUMNS)[number], string>

export const VOTES = ['yes', 'no', 'abstain'] as const
export type Vote = (typeof VOTES)[number]

/** Why a row became no statement. */
export const SKIPS = {
  otherRollCall: 'of a roll call outside the series',
  rollCallUnknown: 'of a roll call that the roll-calls file does not have',
  absent: 'absent, or not a member then',
  voteUnknown: 'not a vote that we know (yes, no, abstain)',
  countryUnknown: 'of a country that cannot be told by its code or name',
  duplicateRow: 'the same vote again',
  contradictingRow: 'another vote of the same state in the same roll call; the first was kept',
} as const
export type Skip = keyof typeof SKIPS

export interface StateVote {
  readonly state: State
  readonly vote: Vote
}

/** One roll call of the series with its votes, in the order of the file. */
export interface CastVotes {
  readonly rollCall: RollCall
  readonly votes: readonly StateVote[]
}

export interface CollectedVotes {
  /** By date, so that what is sent extends tracks and does not refold them. */
  readonly rollCalls: readonly CastVotes[]
  /** Every state that voted, by id. */
  readonly states: readonly State[]
  readonly rowsRead: number
  readonly votes: number
  readonly skipped: Readonly<Record<Skip, number>>
  /** Names of countries that could not be told, at most twenty. */
  readonly unknownCountries: readonly string[]
}

/** Rows of a votes file, gzipped or not by `gzipped`. */
export const readVoteRows = (file: string, gzipped = true): AsyncIterable<VoteRow> =>
  gzipped ? readGzippedCsv(file, VOTE_COLUMNS) : readCsv(createReadStream(file), VOTE_COLUMNS, file)

/**
 * Reads all votes and keeps those of the series: some 20 bytes a vote, so that the whole of the Assembly's votes fits.
 * @throws InputError if a roll call of the series has no vote: then the two files are not of one kind
 */
export async function collectVotes(rows: AsyncIterable<VoteRow>, index: RollCallIndex): Promise<CollectedVotes> {
  const collection = new Collection(index)
  for await (const row of rows) collection.take(row)
  return collection.collected()
}

const UNKNOWN_COUNTRIES_MAX = 20
/** How other conversions of the same data write that a state did not vote. */
const ABSENT = new Set(['', 'absent', 'not a member', 'na', '8', '9'])

class Collection {
  #rowsRead = 0
  readonly #index: RollCallIndex
  readonly #states = new Map<string, State>()
  readonly #votes = new Map<string, Map<string, StateVote>>()
  readonly #skipped = Object.fromEntries(Object.keys(SKIPS).map((skip) => [skip, 0])) as Record<Skip, number>
  readonly #unknownCountries = new Set<string>()

  constructor(index: RollCallIndex) {
    this.#index = index
  }

  take(row: VoteRow): void {
    this.#rowsRead++
    const rollCall = this.#index.series.get(row.rcid)
    const skip = rollCall
      ? this.#keep(row, rollCall)
      : this.#index.known.has(row.rcid)
        ? 'otherRollCall'
        : 'rollCallUnknown'
    if (skip) this.#skipped[skip]++
  }

  #keep(row: VoteRow, rollCall: RollCall): Skip | null {
    const word = row.vote.trim().toLowerCase()
    const vote = VOTES.find((known) => known === word)
    if (vote === undefined) return ABSENT.has(word) ? 'absent' : 'voteUnknown'
    const state = this.#state(row, rollCall)
    if (state === undefined) return 'countryUnknown'
    const cast = this.#votes.get(rollCall.rcid) ?? new Map<string, StateVote>()
    this.#votes.set(rollCall.rcid, cast)
    const before = cast.get(state.id)
    if (before) return before.vote === vote ? 'duplicateRow' : 'contradictingRow'
    cast.set(state.id, { state, vote })
    return null
  }

  /** One object a state, however many rows name it. */
  #state(row: VoteRow, rollCall: RollCall): State | undefined {
    const state = stateOf(row.country.trim(), row.country_code.trim().toUpperCase(), rollCall.date)
    if (state === undefined) {
      if (this.#unknownCountries.size < UNKNOWN_COUNTRIES_MAX)
        this.#unknownCountries.add(`${row.country} (${row.country_code})`.slice(0, 100))
      return undefined
    }
    const known = this.#states.get(state.id)
    if (known) return known
    this.#states.set(state.id, state)
    return state
  }

  collected(): CollectedVotes {
    const rollCalls = [...this.#index.series.values()]
      .sort((a, b) => (a.date === b.date ? Number(a.rcid) - Number(b.rcid) : a.date < b.date ? -1 : 1))
      .map((rollCall) => ({ rollCall, votes: [...(this.#votes.get(rollCall.rcid)?.values() ?? [])] }))
    const silent = rollCalls.filter(({ votes }) => votes.length === 0).map(({ rollCall }) => rollCall.rcid)
    if (silent.length > 0)
      throw new InputError('ROLL_CALL_WITHOUT_VOTES', `The votes file has no vote of roll call ${listed(silent)}.`)
    return {
      rollCalls,
      states: [...this.#states.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      rowsRead: this.#rowsRead,
      votes: rollCalls.reduce((sum, { votes }) => sum + votes.length, 0),
      skipped: this.#skipped,
      unknownCountries: [...this.#unknownCountries],
    }
  }
}
