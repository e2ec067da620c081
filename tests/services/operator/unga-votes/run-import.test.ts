import t from 'tap'
import { ledgerClient } from '#libs/client/ledger-client.js'
import { collectVotes, readVoteRows } from '#services/operator/unga-votes/collect-votes.js'
import { indexRollCalls, readRollCallRows } from '#services/operator/unga-votes/roll-calls.js'
import { runImport, type ImportOptions } from '#services/operator/unga-votes/run-import.js'
import { KNOWN_SERIES, type VoteSeries } from '#services/operator/unga-votes/series.js'
import { serveLedger } from './served-ledger.js'

/** Two of the votes on the Arms Trade Treaty: 173 and 173 states, of which some took part in one alone. */
const SERIES: VoteSeries = { ...KNOWN_SERIES[0], rcids: ['4676', '4901'] }
const collected = await collectedVotes()
const VOTES = collected.votes
const REGISTRY = 3 + 2 * collected.states.length + collected.rollCalls.length

async function collectedVotes() {
  const seeds = 'seeds/arms-trade-treaty'
  const index = await indexRollCalls(readRollCallRows(`${seeds}/roll-calls.csv`, false), SERIES.rcids)
  return collectVotes(readVoteRows(`${seeds}/votes.csv`, false), index)
}

const served = await serveLedger(t)
const { ledger, client } = served

/** Imports, and waits until all of it is projected. */
const importAll = async (options: ImportOptions = { check: true }, series = SERIES) => {
  const result = await runImport(client, series, collected, options)
  await ledger.untilProjected()
  return result
}

/** How many statements there are, and how many records were not applied. */
async function counted(series = SERIES) {
  const statements = await client.readAll(`/v1/statements?dossier=${series.dossier}`)
  const [row] = await ledger.rows<{ exceptions: number }>(
    'select count(*)::int as exceptions from generation_1.outcome',
  )
  return { statements: statements.length, exceptions: row?.exceptions }
}

const none = { sent: 0, refused: 0 }

t.test('Ctrl-C ends an import between batches; the same command goes on from there', async (t) => {
  const controller = new AbortController()
  const first = await importAll({
    check: true,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  })
  t.match(first, { registry: { sent: REGISTRY, alreadyThere: 0, refused: 0 }, interrupted: true })
  const progress: [number, number][] = []
  const second = await importAll({ check: true, onProgress: (done, total) => progress.push([done, total]) })
  t.match(second, { registry: none, statements: { refused: 0 }, refusals: [], interrupted: false })
  t.equal(first.statements.sent + second.statements.sent, VOTES)
  t.same(progress.at(-1), [REGISTRY + VOTES, REGISTRY + VOTES])
  t.same(await counted(), { statements: VOTES, exceptions: 0 })
})

t.test('what is there is not sent again; sent again all the same, it has no second effect', async (t) => {
  const again = await importAll()
  t.match(again, { registry: { ...none, alreadyThere: REGISTRY }, statements: { ...none, alreadyThere: VOTES } })
  const unasked = await importAll({ check: false })
  t.match(unasked, { statements: { refused: 0 }, refusals: [] })
  t.same(await counted(), { statements: VOTES, exceptions: 0 })
})

t.test('an import whose intake goes away is an error, and its tokens show what it sent', async (t) => {
  const { connection } = served
  const away = ledgerClient({ ...connection, intakeUrl: 'http://127.0.0.1:9', retriesMax: 1 })
  await t.rejects(runImport(away, { ...SERIES, dossier: 'away' }, collected, { check: true }), { name: 'RequestError' })
  const result = await runImport(client, { ...SERIES, dossier: 'twice', matter: 'twice' }, collected, { check: true })
  for (const token of result.ledgerAfter) await client.read('/v1/statements?dossier=twice&limit=1', token)
  t.equal((await client.readAll('/v1/statements?dossier=twice')).length, VOTES, 'after a read that waited for them')
})

t.test(
  'reports of other files are left as they are; votes that those did not have are sent by themselves',
  async (t) => {
    const partly = { ...SERIES, dossier: 'partly', matter: 'partly' }
    const other = { ...collected, rollCalls: collected.rollCalls.map(ofAnotherExtract), votes: VOTES - 2 }
    const { registry } = await runImport(client, partly, other, { check: true })
    t.match(registry, { refused: 0, alreadyThere: REGISTRY - 2 }, 'dossier and matter alone are new')
    await ledger.untilProjected()
    const { statements } = await importAll({ check: true }, partly)
    t.match(statements, { sent: 2, alreadyThere: VOTES - 2 })
    t.same(await counted(partly), { statements: VOTES, exceptions: 0 })
  },
)

/** The same roll call, named otherwise and without the vote of Iran. */
const ofAnotherExtract = (cast: (typeof collected.rollCalls)[number]) => ({
  rollCall: { ...cast.rollCall, title: 'Another extract names it otherwise' },
  votes: cast.votes.filter(({ state }) => state.id !== 'irn'),
})

t.test('what the ledger refuses is counted, and the first of it named', async (t) => {
  const { results } = await client.postBatch(
    [
      { type: 'ledger.dossier.registered.v1', subject: 'elsewhere', data: { title: 'Elsewhere' } },
      { type: 'ledger.matter.registered.v1', subject: 'taken', data: { dossier: 'elsewhere', title: 'Taken' } },
    ],
    'a matter of another dossier',
  )
  t.same(
    results.map(({ status }) => status),
    [202, 202],
  )
  const result = await importAll({ check: true }, { ...SERIES, dossier: 'refusing', matter: 'taken' })
  t.match(result, { statements: { sent: 0, refused: VOTES } })
  t.match(result.refusals[0], { subject: /^taken\.(4676|4901)\./, code: /MATTER/ })
  t.equal(result.refusals.length, 20, 'as many as are kept; batches are answered in any order')
})
