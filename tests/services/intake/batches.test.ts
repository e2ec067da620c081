import { readFileSync } from 'node:fs'
import t, { test } from 'tap'
import { registerBasics, statement, testIntake, type TestIntake } from './intake.js'

t.setTimeout(120_000) // a bound for a busy machine

interface Line {
  line: number
  status: number
  event?: string
  subject?: string
  code?: string
  errors?: { pointer?: string }[]
}

async function postBatch(
  { send, key }: TestIntake,
  lines: readonly (object | string)[],
  headers: Record<string, string> = {},
): Promise<{ results: Line[]; token: string }> {
  const payload = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
  const response = await send('/v1/batches', payload, {
    'content-type': 'application/x-ndjson',
    authorization: `Bearer ${key}`,
    ...headers,
  })
  if (response.statusCode !== 200) throw new Error(response.body)
  const results = response.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  return { results, token: Buffer.from(String(response.headers['ledger-after']), 'base64url').toString() }
}

test('lines that register are followed by lines that refer to them; a wrong line does not stop the others', async (t) => {
  const intake = await testIntake(t)
  const { results, token } = await postBatch(intake, [
    { path: '/v1/actors', body: { id: 'irn', kind: 'STATE', name: 'Iran', aliases: ['Tehran'] } },
    { path: '/v1/statements', body: statement({ id: 'too-early', speaker: 'h-amir-abdollahian' }) },
    { type: 'ledger.actor.registered.v1', subject: 'h-amir-abdollahian', data: { kind: 'PERSON', name: 'H. A.' } },
    { path: '/v1/actors', body: { id: 'irn', kind: 'STATE', name: 'Again' } },
    {
      path: '/v1/offices',
      body: { id: 'irn.fm', title: 'FM', holder: 'h-amir-abdollahian', actor: 'Tehran', authority: 'PRINCIPAL' },
    },
    { path: '/v1/dossiers', body: { id: 'ukraine-war', title: 'War' } },
    { path: '/v1/matters', body: { id: 'irn-rus.uav', dossier: 'ukraine-war', title: 'Drones' } },
    { path: '/v1/statements', body: statement({ id: 'uw-1' }) },
    { path: '/v1/statements/uw-1/evidence', body: { dossier: 'ukraine-war', evidence: statement().evidence } },
    { path: '/v1/statements', body: statement({ id: 'uw-1', act: 'ASSERT' }) },
    'not JSON',
    { path: '/v1/nothing', body: {} },
    { path: '/v1/statements', body: statement({ act: 'WHISPER' }) },
    { path: '/v1/actors/irn/merges', body: { mergedAway: ['irn'] } },
  ])
  t.same(
    results.map(({ line, status, code, errors }) => [line, status, code, errors?.[0]?.pointer]),
    [
      [1, 202, undefined, undefined],
      [2, 422, 'DOSSIER_UNKNOWN', '/dossier'],
      [3, 202, undefined, undefined],
      [4, 409, 'ALREADY_REGISTERED', '/id'],
      [5, 202, undefined, undefined],
      [6, 202, undefined, undefined],
      [7, 202, undefined, undefined],
      [8, 202, undefined, undefined],
      [9, 202, undefined, undefined],
      [10, 409, 'ALREADY_RECORDED', '/id'],
      [11, 400, 'JSON_INVALID', ''],
      [12, 404, 'ROUTE_UNKNOWN', undefined],
      [13, 422, 'VALUE_UNKNOWN', '/act'],
      [14, 422, 'MERGE_INVALID', '/mergedAway/0'],
    ],
  )
  t.match(token, /^g0\.5,s\d+\.1$/, token)
  t.same(
    (await intake.eventsOn('statements')).map(({ subject, type }) => `${type} ${subject}`),
    ['ledger.statement.recorded.v1 uw-1', 'ledger.evidence.attached.v1 uw-1'],
  )
  t.equal((await intake.eventsOn('registry')).length, 6, 'with the bootstrap key')
})

test('a batch repeated with its Idempotency-Key has no further effect; so has a line with a key of its own', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const lines = [
    { path: '/v1/actors', body: { kind: 'PERSON', name: 'One' } },
    { path: '/v1/statements', body: statement() },
    { path: '/v1/statements', body: statement(), key: 'its-own' },
  ]
  const again = { 'idempotency-key': 'batch-1' }
  const first = await postBatch(intake, lines, again)
  t.same(
    first.results.map(({ status }) => status),
    [202, 202, 202],
  )
  t.same((await postBatch(intake, lines, again)).results, first.results)
  const alone = await intake.post('/v1/statements', statement(), { 'idempotency-key': 'its-own' })
  t.equal(alone.json<{ event: string }>().event, first.results[2]?.event, 'it is the same request alone')
  const restarted = await intake.restart()
  t.same((await postBatch(restarted, lines, again)).results, first.results)
  const changed = await postBatch(
    restarted,
    [lines[0] as object, { ...lines[1], body: statement({ act: 'ADMIT' }) }],
    again,
  )
  t.same(
    changed.results.map(({ status, code }) => code ?? status),
    [202, 'ID_REUSED'],
  )
  t.equal((await restarted.eventsOn('statements')).length, 2)
})

test('each line needs the scope of its route', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const issued = await intake.post('/v1/keys', { account: 'recorder', scopes: ['record'] })
  const { results } = await postBatch(
    intake,
    [
      { path: '/v1/statements', body: statement() },
      { path: '/v1/dossiers', body: { title: 'Not mine to make' } },
    ],
    { authorization: `Bearer ${issued.json<{ key: string }>().key}` },
  )
  t.same(
    results.map(({ status, code }) => code ?? status),
    [202, 'SCOPE_MISSING'],
  )
})

test('a statement can be voided and recorded anew in one batch', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const recorded = { path: '/v1/statements', body: statement({ id: 's-1' }) }
  const voided = { path: '/v1/statements/s-1/voidings', body: { dossier: 'ukraine-war', reason: 'by mistake' } }
  const codes = async (...lines: object[]) =>
    (await postBatch(intake, lines)).results.map(({ status, code }) => code ?? status)
  t.same(await codes(recorded, voided, recorded, recorded), [202, 202, 202, 'ALREADY_RECORDED'])
  t.same(await codes(recorded), ['ALREADY_RECORDED'])
  t.same(await codes(voided, recorded), [202, 202])
})

test('a batch is bounded in lines and bytes', async (t) => {
  const intake = await testIntake(t, { INTAKE_BATCH_LINES_MAX: '3', INTAKE_BATCH_BYTES_MAX: '1000' })
  const headers = { 'content-type': 'application/x-ndjson', authorization: `Bearer ${intake.key}` }
  const codeOf = async (payload: string) =>
    (await intake.send('/v1/batches', payload, headers)).json<{ code: string }>().code
  t.equal(await codeOf('{}\n{}\n{}\n{}\n'), 'BODY_TOO_LARGE')
  t.equal(await codeOf('x'.repeat(1_001)), 'BODY_TOO_LARGE')
})

test('the seeds are taken whole, in four batches', async (t) => {
  const intake = await testIntake(t)
  for (const file of ['registry', 'reports', 'statements', 'amendments']) {
    const lines = readFileSync(`seeds/${file}.jsonl`, 'utf8').trimEnd().split('\n')
    const { results } = await postBatch(intake, lines, { 'idempotency-key': file })
    t.same(
      results.filter(({ status }) => status !== 202),
      [],
      file,
    )
  }
})

test('a batch of thousands of lines goes out in bulk, in order', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const lines = Array.from({ length: 3_000 }, (_, n) => ({ path: '/v1/statements', body: statement({ id: `s-${n}` }) }))
  const { results } = await postBatch(intake, lines)
  t.ok(results.every(({ status }) => status === 202))
  t.same(
    (await intake.eventsOn('statements')).map(({ subject }) => subject),
    lines.map(({ body }) => body.id),
  )
})
