import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ledgerClient } from '#libs/client/ledger-client.js'
import type { EventLine, LedgerClient } from '#libs/client/ledger-client.js'
import type { EventResource } from '#libs/contracts/event-resources.js'
import type { PositionResource, StatementResource } from '#libs/contracts/resources.js'
import { ledgerPlace, startLedger } from './ledger-process.js'

/**
 * kill -9 of each process of a ledger while statements are being posted. A supervisor starts it again; what was
 * acknowledged must be there, once, and nothing else.
 */
t.setTimeout(240_000)
const place = await ledgerPlace(t)
const ledger = await startLedger(t, place)
const DOSSIER = 'kill-anything'

const registry: EventLine[] = [
  { type: 'ledger.dossier.registered.v1', subject: DOSSIER, data: { title: 'Kills' } },
  { type: 'ledger.matter.registered.v1', subject: 'killed', data: { dossier: DOSSIER, title: 'What is killed' } },
]
await ledger.client.postBatch(registry, 'kill-anything/registry')

const statement = (id: string, index: number): EventLine => ({
  type: 'ledger.statement.recorded.v1',
  subject: id,
  data: {
    dossier: DOSSIER,
    speaker: 'irn',
    office: 'irn.voice',
    onBehalfOf: [{ actor: 'irn', capacity: 'OWN' }],
    act: 'DENY',
    stances: [{ matter: 'killed', facet: 'FACT', value: 'DENY' }],
    evidence: [{ report: 'report-003', published: dayOf(index), said: dayOf(index), fidelity: 'PARAPHRASE' }],
  },
})
const dayOf = (index: number) => new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10)

interface Acknowledged {
  id: string
  event: string
}

/** Posts one statement after the other until told to stop, each again with its key until it is acknowledged. */
async function postUntil(
  client: LedgerClient,
  writer: string,
  signal: AbortSignal,
  acknowledged: Acknowledged[],
): Promise<string | undefined> {
  let token: string | undefined
  for (let index = 0; !signal.aborted; index++) {
    const id = `${writer}-${index}`
    const { results, ledgerAfter } = await client.postBatch([statement(id, index)], `kill/${id}`)
    const [result] = results
    if (result?.event === undefined || result.status >= 400) throw new Error(`${id}: ${JSON.stringify(result)}`)
    acknowledged.push({ id, event: result.event })
    token = ledgerAfter
  }
  return token
}

/** Those around the kill matter most, but which they are nobody knows: some of all. */
const sample = <T>(items: readonly T[]): T[] => items.filter((_, index) => index % Math.ceil(items.length / 25) === 0)

for (const victim of ['projector', 'intake', 'api', 'kafka', 'postgres']) {
  await t.test(`kill -9 of ${victim}`, async (t) => {
    const client = ledgerClient({ ...place, key: ledger.key, retriesMax: 30 })
    const acknowledged: Acknowledged[] = []
    const enough = new AbortController()
    const writers = ['a', 'b'].map((name) => postUntil(client, `${victim}-${name}`, enough.signal, acknowledged))
    await sleep(700)
    const killed = ledger.pidOf(victim)
    process.kill(killed, 'SIGKILL')
    const before = acknowledged.length
    // until it runs again (intake takes statements without a projector), takes statements, and some more
    const isBack = () => (ledger.findPid(victim) ?? killed) !== killed
    const isDone = () => isBack() && acknowledged.length >= before + 50
    for (let tried = 0; tried < 600 && !isDone(); tried++) await sleep(50)
    enough.abort()
    const tokens = await Promise.all(writers)
    t.ok(
      acknowledged.length >= before + 50,
      `${acknowledged.length} were acknowledged, ${before} of them before the kill`,
    )
    t.not(ledger.pidOf(victim), killed, 'another process took its place')
    t.match(ledger.output(), new RegExp(`\\(process ${killed}\\) ended unexpectedly: killed by SIGKILL`), 'it is named')

    for (const token of tokens) await client.read('/v1/statements?limit=1', token)
    const statements = await client.readAll<StatementResource>(`/v1/statements?dossier=${DOSSIER}`)
    const there = statements.map(({ id }) => id).filter((id) => id.startsWith(`${victim}-`))
    t.strictSame(there.sort(), acknowledged.map(({ id }) => id).sort(), 'all that was acknowledged is there, once')
    for (const { id, event } of sample(acknowledged)) {
      const { outcome, subject, repeats } = await client.read<EventResource>(`/v1/events/${event}`)
      t.strictSame([outcome, subject], ['applied', id])
      t.notOk(
        repeats.some((repeat) => repeat.outcome === 'applied'),
        `${id} was applied once`,
      )
    }
    const last = statements
      .map((one) => one.said.latest)
      .sort()
      .at(-1)
    const position = await client.read<PositionResource>('/v1/positions/irn/killed/FACT')
    t.match(position, { value: 'DENY', validFrom: last }, 'the fold has seen the last one')
  })
}
