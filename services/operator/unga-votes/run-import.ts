import { setTimeout as sleep } from 'node:timers/promises'
import type { LedgerClient, LineResult } from '#libs/client/ledger-client.js'
import { contentKey } from '#libs/client/post-lines.js'
import { RequestError } from '#libs/client/request.js'
import type { Day } from '#libs/contracts/primitives.js'
import type { CastVotes, CollectedVotes } from './collect-votes.js'
import { registryLines, SOURCE, statementId, voteLines, type Line } from './series-lines.js'
import type { VoteSeries } from './series.js'

/** How lines fared. What was sent had no second effect where it was sent before. */
export interface Tally {
  sent: number
  /** Not sent, or sent and answered so, because the ledger has it. */
  alreadyThere: number
  refused: number
}

export interface ImportResult {
  registry: Tally
  statements: Tally
  /** The first to be answered; batches are under way together, so that these may be of any roll call. */
  refusals: Refusal[]
  /** Tokens of Ledger-After: a read that waited for each of them shows all of the import. */
  ledgerAfter: string[]
  /** Ended before everything was sent; the same command goes on from there. */
  interrupted: boolean
}
export interface Refusal {
  type: string
  subject: string
  code: string
  detail: string
}

export interface ImportOptions {
  /** Ask the api which votes are there, and leave them out. */
  check: boolean
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal | undefined
}

const LINES_MAX = 500
const BATCHES_IN_FLIGHT_MAX = 4
const REFUSALS_MAX = 20
const PRESENT = new Set(['ALREADY_REGISTERED', 'ALREADY_RECORDED'])

/**
 * Sends a series through intake: first what the votes refer to, then a batch a roll call, a few at a time. What a batch
 * holds follows from the files alone and its Idempotency-Key from what it holds, so that a repeated or a killed and
 * restarted import has no second effect, even where the projector has not caught up with the first.
 * @throws RequestError when intake or api do not answer within the client's retries
 */
export async function runImport(
  client: LedgerClient,
  series: VoteSeries,
  collected: CollectedVotes,
  options: ImportOptions,
): Promise<ImportResult> {
  const registry = [...registryLines(series, collected)]
  const total = registry.length + collected.votes
  const sending = new Sending(client, (done) => options.onProgress?.(done, total))
  const there = options.check ? await votesThere(client, series) : () => Promise.resolve(NONE)
  const reports = options.check ? await reportsThere(client) : NONE
  const missing = registry.filter((line) => !isReport(line) || !reports.has(line.subject))
  sending.skip(registry.length - missing.length, sending.result.registry)
  // in order: each of these batches refers to those before it
  for (let start = 0; start < missing.length; start += LINES_MAX)
    await sending.send(missing.slice(start, start + LINES_MAX), sending.result.registry)
  const flying = new Set<Promise<void>>()
  for (const cast of collected.rollCalls) {
    if (options.signal?.aborted) break
    const flight = sendRollCall(sending, series, cast, there).finally(() => flying.delete(flight))
    // seen by whoever awaits it below; by nobody if another one has failed before
    flight.catch(() => undefined)
    flying.add(flight)
    if (flying.size >= BATCHES_IN_FLIGHT_MAX) await Promise.race(flying)
  }
  await Promise.all(flying)
  return { ...sending.result, interrupted: sending.done < total }
}

async function sendRollCall(sending: Sending, series: VoteSeries, cast: CastVotes, there: VotesThere): Promise<void> {
  const lines = [...voteLines(series, cast)]
  const known = await there(cast)
  // all or none is the rule; some: another import had them, perhaps of other files
  const missing = known.size === 0 ? lines : lines.filter((line) => !known.has(line.subject))
  sending.skip(lines.length - missing.length, sending.result.statements)
  for (let start = 0; start < missing.length; start += LINES_MAX)
    await sending.send(missing.slice(start, start + LINES_MAX), sending.result.statements)
}

/** Ids of the votes of one roll call that the ledger has. */
type VotesThere = (cast: CastVotes) => Promise<ReadonlySet<string>>
const NONE: ReadonlySet<string> = new Set()
const SETTLE_MS = 2_000

/** Nothing is asked about the votes of a matter that is not there itself. */
async function votesThere(client: LedgerClient, series: VoteSeries): Promise<VotesThere> {
  if (!(await isThere(client, `/v1/matters/${series.matter}`))) return () => Promise.resolve(NONE)
  const ask = async (date: Day): Promise<ReadonlySet<string>> => {
    const query = new URLSearchParams({ matter: series.matter, act: 'VOTE', from: date, to: date })
    const statements = await client.readAll<{ id: string }>(`/v1/statements?${query.toString()}`)
    return new Set(statements.map((statement) => statement.id))
  }
  // roll calls come by date, and dozens can fall on one
  let asked: { date: Day; known: Promise<ReadonlySet<string>> } | undefined
  return async ({ rollCall, votes }) => {
    const { date } = rollCall
    if (asked?.date !== date) asked = { date, known: ask(date) }
    const known = await asked.known
    const count = votes.filter(({ state }) => known.has(statementId(series, rollCall, state))).length
    if (count === 0 || count === votes.length) return known
    // perhaps half of a batch that is just being projected
    await sleep(SETTLE_MS)
    return ask(date)
  }
}

const isReport = ({ type }: Line): boolean => type === 'ledger.report.registered.v1'

/**
 * Ids of the reports that the ledger has of this source. Intake follows the registry and knows no report: one that was
 * registered before, from other files, would be published again and end in quarantine.
 */
async function reportsThere(client: LedgerClient): Promise<ReadonlySet<string>> {
  const reports = await client.readAll<{ id: string }>(`/v1/reports?source=${SOURCE}`)
  return new Set(reports.map(({ id }) => id))
}

async function isThere(client: LedgerClient, path: string): Promise<boolean> {
  try {
    await client.read(path)
    return true
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return false
    throw error
  }
}

/** Sends batches and keeps count. */
class Sending {
  readonly result: Omit<ImportResult, 'interrupted'> = {
    registry: { sent: 0, alreadyThere: 0, refused: 0 },
    statements: { sent: 0, alreadyThere: 0, refused: 0 },
    refusals: [],
    ledgerAfter: [],
  }
  done = 0
  readonly #registryTokens: string[] = []
  readonly #statementTokens: string[] = []
  readonly #client: LedgerClient
  readonly #onDone: (done: number) => void

  constructor(client: LedgerClient, onDone: (done: number) => void) {
    this.#client = client
    this.#onDone = onDone
  }

  async send(lines: readonly Line[], tally: Tally): Promise<void> {
    const { results, ledgerAfter } = await this.#client.postBatch(lines, contentKey('unga-votes', lines))
    for (const [index, line] of lines.entries()) this.#count(line, results[index], tally)
    if (ledgerAfter !== undefined) this.#keepToken(ledgerAfter, tally)
    this.#advance(lines.length)
  }

  /** What the ledger has. */
  skip(lines: number, tally: Tally): void {
    tally.alreadyThere += lines
    if (lines > 0) this.#advance(lines)
  }

  #count(line: Line, result: LineResult | undefined, tally: Tally): void {
    if (result === undefined) throw new Error('a batch is answered with one result a line')
    if (result.status < 400) tally.sent++
    else if (PRESENT.has(result.code ?? '')) tally.alreadyThere++
    else {
      tally.refused++
      const { code = String(result.status), detail = '' } = result
      if (this.result.refusals.length < REFUSALS_MAX)
        this.result.refusals.push({ type: line.type, subject: line.subject, code, detail })
    }
  }

  /** Of the statements, which share a partition, only what may have been the last: as many as are on their way at once. */
  #keepToken(token: string, tally: Tally): void {
    if (tally === this.result.statements && this.#statementTokens.push(token) > BATCHES_IN_FLIGHT_MAX)
      this.#statementTokens.shift()
    if (tally === this.result.registry) this.#registryTokens.push(token)
    this.result.ledgerAfter = [...this.#registryTokens, ...this.#statementTokens]
  }

  #advance(lines: number): void {
    this.done += lines
    this.#onDone(this.done)
  }
}
