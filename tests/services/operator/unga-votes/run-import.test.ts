import t from 'tap'
import type { BatchLine, LedgerClient, LineResult } from '#libs/client/ledger-client.js'
import { RequestError } from '#libs/client/request.js'
import { collectVotes, readVoteRows } from '#services/operator/unga-votes/collect-votes.js'
import { indexRollCalls, readRollCallRows } from '#services/operator/unga-votes/roll-calls.js'
import { runImport } from '#services/operator/unga-votes/run-import.js'
import { KNOWN_SERIES } from '#services/operator/unga-votes/series.js'

const SEEDS = 'seeds/arms-trade-treaty'
const SERIES = KNOWN_SERIES[0]
const collected = await collectVotes(
  readVoteRows(`${SEEDS}/votes.csv`, false),
  await indexRollCalls(readRollCallRows(`${SEEDS}/roll-calls.csv`, false), SERIES.rcids),
)
const VOTES = 1931
const REGISTRY = 3 + 193 + 193 + 11

/** A ledger in memory that keeps what the wire has: batches under their keys, and statements once they are projected. */
class LedgerInMemory implements LedgerClient {
  readonly batches = new Map<string, readonly BatchLine[]>()
  readonly projected = new Set<string>()
  readonly asked: string[] = []
  batchesMax = Infinity
  inFlight = 0
  inFlightMax = 0
  answer: (line: BatchLine) => Partial<LineResult> = () => ({ status: 202 })

  async postBatch(lines: readonly BatchLine[], key: string) {
    this.inFlightMax = Math.max(this.inFlightMax, ++this.inFlight)
    await Promise.resolve()
    this.inFlight--
    if (this.batches.size >= this.batchesMax) throw new RequestError('no answer', 0, undefined)
    this.batches.set(key, lines)
    const results = lines.map((line, index) => ({ line: index + 1, status: 202, ...this.answer(line) }))
    return { results, ledgerAfter: `token-${this.batches.size}` }
  }

  read<T>(path: string): Promise<T> {
    this.asked.push(path)
    const found = this.projected.size > 0
    return found ? Promise.resolve({} as T) : Promise.reject(new RequestError('not found', 404, 'MATTER_UNKNOWN'))
  }

  readAll<T>(path: string): Promise<T[]> {
    this.asked.push(path)
    const day = new URL(path, 'http://api').searchParams.get('from')
    const onDay = this.lines().filter((line) => JSON.stringify(line.data).includes(`"said":"${day}"`))
    return Promise.resolve(
      onDay.filter((line) => this.projected.has(line.subject)).map(({ subject }) => ({ id: subject }) as T),
    )
  }

  lines = (): BatchLine[] => [...this.batches.values()].flat()
  project = () => {
    for (const line of this.lines()) this.projected.add(line.subject)
  }
}

const none = { alreadyThere: 0, refused: 0 }

t.test('all is sent once: first what votes refer to, then a batch a roll call, a few at a time', async (t) => {
  const ledger = new LedgerInMemory()
  const progress: [number, number][] = []
  const result = await runImport(ledger, SERIES, collected, {
    check: true,
    onProgress: (done, total) => progress.push([done, total]),
  })
  t.match(result, {
    registry: { sent: REGISTRY, ...none },
    statements: { sent: VOTES, ...none },
    refusals: [],
    interrupted: false,
  })
  const sent = ledger.lines().map((line) => `${line.type} ${line.subject}`)
  t.equal(new Set(sent).size, sent.length)
  t.notOk(sent.slice(0, REGISTRY).some((line) => line.startsWith('ledger.statement')))
  t.equal(ledger.batches.size, 1 + 11)
  t.equal(ledger.inFlightMax, 4)
  t.ok(result.ledgerAfter.includes('token-12'), 'a read that waits for these tokens shows all')
  t.same(progress.at(-1), [REGISTRY + VOTES, REGISTRY + VOTES])
  t.same(ledger.asked, ['/v1/matters/arms-trade-treaty'], 'an unknown matter has no votes to ask about')
})

t.test('sent again, projected or not, it has no second effect', async (t) => {
  const ledger = new LedgerInMemory()
  await runImport(ledger, SERIES, collected, { check: true })
  const keys = [...ledger.batches.keys()]
  await runImport(ledger, SERIES, collected, { check: true })
  t.same([...ledger.batches.keys()], keys, 'not projected yet: the same batches under the same keys')
  ledger.project()
  const third = await runImport(ledger, SERIES, collected, { check: true })
  t.match(third, { statements: { sent: 0, alreadyThere: VOTES, refused: 0 }, interrupted: false })
  t.same([...ledger.batches.keys()], keys)
})

t.test('an import that broke off goes on', async (t) => {
  const ledger = new LedgerInMemory()
  ledger.batchesMax = 5
  await t.rejects(runImport(ledger, SERIES, collected, { check: true }), { name: 'RequestError' })
  ledger.batchesMax = Infinity
  ledger.project()
  const { statements, interrupted } = await runImport(ledger, SERIES, collected, { check: true })
  t.notOk(interrupted)
  t.equal(statements.sent + statements.alreadyThere, VOTES)
  t.ok(statements.alreadyThere > 0)
  const sent = ledger.lines().map((line) => `${line.type} ${line.subject}`)
  t.equal(new Set(sent).size, REGISTRY + VOTES)
  t.equal(sent.length, REGISTRY + VOTES, 'each line under one key only')
})

t.test('Ctrl-C ends it between batches', async (t) => {
  const ledger = new LedgerInMemory()
  const controller = new AbortController()
  const result = await runImport(ledger, SERIES, collected, {
    check: false,
    signal: controller.signal,
    onProgress: (done) => {
      if (done > REGISTRY) controller.abort()
    },
  })
  t.ok(result.interrupted)
  t.equal(result.statements.sent, ledger.lines().length - REGISTRY)
  t.ok(result.statements.sent < VOTES)
  t.same(ledger.asked, [])
})

t.test('votes that another import has brought are left out one by one', async (t) => {
  const ledger = new LedgerInMemory()
  await runImport(ledger, SERIES, collected, { check: true })
  ledger.project()
  ledger.projected.delete('arms-trade-treaty.4676.irn')
  const before = ledger.batches.size
  const { statements } = await runImport(ledger, SERIES, collected, { check: true })
  t.match(statements, { sent: 1, alreadyThere: VOTES - 1 })
  t.same(
    [...ledger.batches.values()]
      .slice(before)
      .flat()
      .map((line) => line.subject),
    ['arms-trade-treaty.4676.irn'],
  )
})

t.test('what is registered counts as there; what is refused is named', async (t) => {
  const ledger = new LedgerInMemory()
  ledger.answer = ({ type, subject }) =>
    subject === 'irn' && type === 'ledger.actor.registered.v1'
      ? { status: 409, code: 'ALREADY_REGISTERED' }
      : subject.endsWith('.zwe')
        ? { status: 422, code: 'ACTOR_UNKNOWN', detail: 'no zwe' }
        : {}
  const result = await runImport(ledger, SERIES, collected, { check: true })
  t.match(result.registry, { sent: REGISTRY - 1, alreadyThere: 1, refused: 0 })
  t.equal(result.statements.refused, 9, 'as often as Zimbabwe voted')
  t.match(result.refusals[0], { subject: 'arms-trade-treaty.4676.zwe', code: 'ACTOR_UNKNOWN', detail: 'no zwe' })
})
