import { statSync } from 'node:fs'
import t, { test } from 'tap'
import type { LightMyRequestResponse } from 'fastify'
import { hashOfKey } from '#libs/http/api-keys.js'
import { registerBasics, statement, testIntake } from './intake.js'

t.setTimeout(120_000) // a bound for a busy machine

const codeOf = (response: LightMyRequestResponse): string =>
  `${response.statusCode} ${response.json<{ code?: string }>().code ?? ''}`.trim()

test('the first key comes from a file that only its owner reads, and is issued once', async (t) => {
  const intake = await testIntake(t)
  const [issued] = await intake.eventsOn('registry')
  t.match(issued, { type: 'ledger.key.issued.v1', data: { account: 'development', hash: hashOfKey(intake.key) } })
  t.notMatch(JSON.stringify(issued), intake.key)
  const restarted = await intake.restart()
  t.equal(restarted.key, intake.key)
  t.equal((await restarted.eventsOn('registry')).length, 1)
})

test('a key is shown once, works as its scopes allow, and is refused once revoked', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const asked = { account: 'newsroom', scopes: ['record'], expires: '2999-01-01T00:00:00Z' }
  const again = { 'idempotency-key': 'key-1' }
  const issued = await intake.post('/v1/keys', asked, again)
  const { key, subject } = issued.json<{ key: string; subject: string }>()
  t.match(key, /^ledger_[\w-]{43}$/)
  t.match((await intake.post('/v1/keys', asked, again)).json(), { subject, key: null })
  t.equal(codeOf(await intake.post('/v1/keys', { ...asked, scopes: ['operate'] }, again)), '422 ID_REUSED')
  const withIt = { authorization: `Bearer ${key}` }
  t.equal(codeOf(await intake.post('/v1/statements', statement(), withIt)), '202')
  t.equal(codeOf(await intake.post('/v1/dossiers', { title: 'x' }, withIt)), '403 SCOPE_MISSING')
  t.equal(codeOf(await intake.post('/v1/keys', asked, withIt)), '403 SCOPE_MISSING')
  const recorded = await intake.eventsOn('statements')
  t.equal(recorded[0]?.recordedby, 'newsroom')
  t.equal(codeOf(await intake.post(`/v1/keys/${subject}/revocations`, { reason: 'leaked' })), '202')
  t.equal(codeOf(await intake.post('/v1/statements', statement(), withIt)), '401 KEY_INVALID')
  t.equal(codeOf(await intake.post('/v1/keys/nothing/revocations', {})), '404 KEY_UNKNOWN')
  t.notOk((await intake.eventsOn('registry')).some((event) => JSON.stringify(event).includes(key)))
})

test('decisions on quarantined records are events that name the record', async (t) => {
  const intake = await testIntake(t)
  const topic = intake.kafka.topicName('statements')
  t.equal(codeOf(await intake.post(`/v1/quarantine/${topic}/3/42/releases`, { reason: 'mended' })), '202')
  t.equal(codeOf(await intake.post('/v1/quarantine/registry/0/7/dismissals', {})), '202')
  t.equal(codeOf(await intake.post('/v1/quarantine/registry/1/7/dismissals', {})), '404 RECORD_UNKNOWN')
  t.equal(codeOf(await intake.post('/v1/quarantine/positions/0/7/dismissals', {})), '404 RECORD_UNKNOWN')
  t.equal(codeOf(await intake.post('/v1/quarantine/registry/0/-7/dismissals', {})), '400 PARAMETER_INVALID')
  t.match((await intake.eventsOn('registry')).slice(1), [
    { type: 'ledger.record.released.v1', data: { topic, partition: 3, offset: '42', reason: 'mended' } },
    {
      type: 'ledger.record.dismissed.v1',
      data: { topic: intake.kafka.topicName('registry'), partition: 0, offset: '7' },
    },
  ])
})

test('a key file that is missing is made for its owner alone', async (t) => {
  const dir = t.testdir()
  const intake = await testIntake(t, { INTAKE_BOOTSTRAP_KEY_FILE: `${dir}/key` })
  t.equal(statSync(`${dir}/key`).mode & 0o777, 0o600)
  t.match(intake.key, /^ledger_/)
})
