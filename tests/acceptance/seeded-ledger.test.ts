import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import type { EventResource } from '#libs/contracts/event-resources.js'
import type {
  ChangeResource,
  ConflictResource,
  PositionResource,
  StatementResource,
} from '#libs/contracts/resources.js'
import { connectionOf } from '#services/operator/connection.js'
import { readExpected } from '#tests/seeds/expected.js'
import { readCaseFile } from '../conformance/case-file.js'
import { runConformance } from '../conformance/run-conformance.js'
import { exitOf, ledgerPlace, runStart, startLedger } from './ledger-process.js'
import type { LedgerProcess } from './ledger-process.js'
import { guideWorksAsWritten } from './api-guide.js'
import { securityWorksAsWritten } from './security-guide.js'
import { timelinesWorkAsWritten } from './timelines.js'
import { importVotes, reportOf, votesFoldAsDesigned } from './unga-votes.js'

/** One ledger, as a new user meets it: started, looked at, written to, stopped, and started again. */
t.setTimeout(240_000)
const place = await ledgerPlace(t)
let ledger = await startLedger(t, place)

const number = (id: string) => Number(id.slice('uw-'.length))

const readTrack = async ({ client }: LedgerProcess, actor: string) => {
  const query = `?actor=${actor}&dossier=ukraine-war`
  const [changes, conflicts, positions] = await Promise.all([
    client.readAll<ChangeResource>(`/v1/changes${query}`),
    client.readAll<ConflictResource>(`/v1/conflicts${query}`),
    client.readAll<PositionResource>(`/v1/positions${query}`),
  ])
  return {
    changes: changes.map(
      ({ matter, facet, kind, from, to, order, validFrom, statement, entailedFrom, reversesEarlier }) => ({
        ...{ matter, facet, kind, from, to, order, validFrom },
        ...{ statement: number(statement), entailedFrom, reversesEarlier },
      }),
    ),
    conflicts: conflicts.map(({ kind, facet, matters, statements, validFrom, settledBy }) => ({
      ...{ kind, facet, matters, statements: statements.map(number), validFrom },
      settledBy: settledBy === null || settledBy === 'withdrawn' ? settledBy : number(settledBy),
    })),
    positions: positions.map((p) => ({
      ...{ role: p.role, matter: p.matter, facet: p.facet, value: p.value },
      ...{ statement: p.statement === null ? null : number(p.statement), scope: p.scope },
      ...{ standing: p.standing.map(number), entailedFrom: p.entailedFrom },
      ...{ contestedBy: p.contestedBy.map(number), exceptions: p.exceptions },
    })),
  }
}

const servesWhatIsExpected = async (t: Tap) => {
  for (const [actor, expected] of readExpected()) {
    const served = await readTrack(ledger, actor)
    t.strictSame(served.changes, expected.changes, `${actor}: changes`)
    t.strictSame(served.conflicts, expected.conflicts, `${actor}: conflicts`)
    t.strictSame(served.positions, expected.positions, `${actor}: positions`)
  }
}
type Tap = Test

await t.test('positions, changes and conflicts of the seven actors are served as expected', servesWhatIsExpected)

await t.test('the lines that it prints work as they stand', (t) => {
  const lines = ledger.output().match(/^curl .*$/gm) ?? []
  t.equal(lines.length, 4)
  const [position, history, changes, write] = lines.map((line) => {
    const { stdout, stderr, status } = spawnSync('sh', ['-c', line], { encoding: 'utf8' })
    t.equal(status, 0, `${line} ${stderr}`)
    return JSON.parse(stdout) as Record<string, unknown>
  })
  t.match(position, { actor: 'irn', value: 'ADMIT_PARTIAL', statement: 'uw-044' })
  t.match(JSON.stringify(history), /REVERSAL/)
  t.match(changes, { items: Array })
  t.match(write, { event: String })
  t.end()
})

await t.test('`ledger` finds it, on the ports that it was given', (t) => {
  const { apiUrl, intakeUrl, dir } = place
  t.strictSame(connectionOf({}, { LEDGER_DIR: dir }), { intakeUrl, apiUrl, key: ledger.key })
  t.end()
})

await t.test('the key is for its owner alone, and the readme’s example works with it', async (t) => {
  const file = path.join(place.dir, 'development-key')
  t.equal(statSync(file).mode & 0o777, 0o600)
  const example =
    /```sh\n(curl -s http:\/\/127\.0\.0\.1:4001\/v1\/statements .*?)```/s.exec(
      readFileSync('README.md', 'utf8'),
    )?.[1] ?? ''
  const command = example.replace('http://127.0.0.1:4001', place.intakeUrl).replace('.ledger/development-key', file)
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  const { event } = JSON.parse(stdout) as { event: string }
  t.type(event, 'string')
  for (let tried = 0; tried < 40; tried++) {
    if ((await fetch(`${place.apiUrl}/v1/events/${event}`)).ok) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.match(await ledger.client.read<EventResource>(`/v1/events/${event}`), { outcome: 'applied' })
})

await t.test('a statement is visible to the read that waits for it; twice with one key has one effect', async (t) => {
  const id = `acceptance-${randomUUID()}`
  const body = {
    id,
    dossier: 'ukraine-war',
    speaker: 'Zelensky',
    office: 'ukr.president.zelenskyy',
    onBehalfOf: [{ actor: 'Kyiv', capacity: 'OWN' }],
    act: 'ACCUSE',
    stances: [{ matter: 'irn-rus.missile', facet: 'NORM', value: 'AGAINST' }],
    evidence: [{ report: 'report-003', published: '2022-12-02', said: '2022-12-02', fidelity: 'PARAPHRASE' }],
  }
  const post = (content: object, key: string) =>
    fetch(`${place.intakeUrl}/v1/statements`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ledger.key}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(content),
    })
  const first = await post(body, id)
  t.equal(first.status, 202)
  const token = first.headers.get('ledger-after') ?? ''
  const answer = (await first.json()) as { event: string; subject: string }
  t.equal(first.headers.get('location'), `${place.apiUrl}/v1/events/${answer.event}`)
  const seen = await fetch(`${place.apiUrl}/v1/statements/${answer.subject}`, { headers: { 'ledger-after': token } })
  t.equal(seen.status, 200)
  t.match(await seen.json(), { speaker: 'volodymyr-zelenskyy' })

  const again = await post(body, id)
  t.equal(again.status, 202)
  t.match(await again.json(), { event: answer.event, subject: answer.subject })
  const other = await post({ ...body, act: 'DENY' }, id)
  t.equal(other.status, 422)
  t.match(await other.json(), { code: 'ID_REUSED' })
  const statements = await ledger.client.readAll<StatementResource>('/v1/statements?dossier=ukraine-war')
  t.equal(statements.filter((statement) => statement.id === answer.subject).length, 1)
})

await t.test('who would rather wait is told what became of the write', async (t) => {
  const post = async (path: string, content: object) => {
    const response = await fetch(`${place.intakeUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ledger.key}`, 'content-type': 'application/json', prefer: 'wait=10' },
      body: JSON.stringify(content),
    })
    const { status, headers } = response
    return {
      status,
      location: headers.get('location'),
      waited: headers.get('preference-applied'),
      body: await response.json(),
    }
  }
  const id = `waited-${randomUUID()}`
  const made = await post('/v1/actors', { id, kind: 'PERSON', name: id })
  t.match(made, { status: 201, location: `${place.apiUrl}/v1/actors/${id}`, waited: 'wait=10' })
  t.match(made.body, { subject: id, event: String, outcome: 'applied', code: null, missing: [] })
  const revised = await post(`/v1/actors/${id}/revisions`, { description: 'Waited for' })
  t.match(revised, { status: 200, body: { outcome: 'applied' } })
  const { event } = revised.body as { event: string }
  t.equal(revised.location, `${place.apiUrl}/v1/events/${event}`)
  const amended = await post('/v1/statements/not-recorded-yet/voidings', { dossier: 'ukraine-war', reason: 'Test' })
  t.match(amended, { status: 200, body: { outcome: 'pending', missing: ['statement:not-recorded-yet'] } })
})

await t.test('docs/timelines.md: its lines work, and are answered as it says', (t) => {
  timelinesWorkAsWritten(t, place)
  t.end()
})

await t.test('docs/api.md: each of its lines is answered', (t) => {
  guideWorksAsWritten(t, place)
  t.end()
})

await t.test('SECURITY.md: its lines issue a key and revoke it', (t) => securityWorksAsWritten(t, place))

await t.test('the seeds have 1,931 votes on the Arms Trade Treaty, which fold to what the design says', (t) =>
  votesFoldAsDesigned(t, ledger.client, 'arms-trade-treaty'),
)

await t.test('ledger import unga-votes brings them from their files; a second time it changes nothing', async (t) => {
  const first = importVotes(ledger, 'imported-votes')
  t.equal(first.status, 0, first.out)
  t.match(reportOf(first.out).statements, { sent: 1_931, alreadyThere: 0, refused: 0 })
  const again = importVotes(ledger, 'imported-votes')
  t.equal(again.status, 0, again.out)
  t.match(reportOf(again.out).statements, { sent: 0, alreadyThere: 1_931, refused: 0 })
  await votesFoldAsDesigned(t, ledger.client, 'imported-votes')
})

await t.test('60 fold cases, posted over HTTP in random order, come back without a difference', async (t) => {
  const { matters, cases } = readCaseFile('tests/data/fold-cases/cases.jsonl')
  const file = { matters, cases: cases.filter(({ case: number }) => number % 14 === 5).slice(0, 60) }
  const differences: string[] = []
  const result = await runConformance(ledger.client, file, {
    run: 'acceptance',
    seed: 20221020,
    onDifference: (line) => differences.push(line),
    onProgress: () => undefined,
  })
  t.strictSame(differences, [])
  t.match(result, { cases: 60, differences: 0 })
})

await t.test('one beside a running one says so and stops', async (t) => {
  const { child, output } = runStart(place.env)
  t.equal(await exitOf(child), 1)
  t.match(output(), /already runs/)
})

await t.test('Ctrl-C stops everything; the next start finds the data and loads no seeds', async (t) => {
  const pids = ['intake', 'projector', 'api', 'kafka', 'postgres'].map((name) => ledger.pidOf(name))
  const before = await readTrack(ledger, 'ukr')
  t.equal(await ledger.stop(), 0)
  for (const pid of pids) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, `process ${pid} is gone`)
  ledger = await startLedger(t, place)
  t.match(ledger.output(), /no seeds are loaded/)
  t.strictSame(await readTrack(ledger, 'ukr'), before)
})
