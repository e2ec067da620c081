import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import t, { test } from 'tap'
import { openStack, removeStack } from '#libs/stack/open-stack.js'
import { until } from '#tests/libs/kafka/kafka.js'
import { registerBasics, startIntake, statement } from './intake.js'

t.setTimeout(180_000) // a bound for a busy machine

test('while Kafka is away a write is refused with its event id, and the same request is taken when it is back', async (t) => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-test-'))
  const stack = await openStack({ dir, databaseUrl: 'postgres://elsewhere/none', restartsMax: 0 })
  t.teardown(async () => {
    await stack[Symbol.asyncDispose]()
    await removeStack(dir)
  })
  const intake = await startIntake(t, {
    KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    INTAKE_BOOTSTRAP_KEY_FILE: path.join(dir, 'key'),
    INTAKE_PUBLISH_MS_MAX: '1500',
  })
  await registerBasics(intake)
  const again = { 'idempotency-key': 'through-the-outage' }
  await intake.post('/v1/statements', statement({ id: 'before' }))

  await stack.kafka.kill('SIGKILL')
  const refused = await intake.post('/v1/statements', statement({ id: 'during' }), again)
  const problem = refused.json<{ code: string; event: string }>()
  t.equal(refused.statusCode, 503, refused.body)
  t.match(problem, { code: 'PUBLISH_FAILED', event: /^[0-9a-f-]{36}$/ })
  t.ok(Number(refused.headers['retry-after']) > 0)
  const ready = await intake.intake.app.inject({ url: '/health/ready' })
  t.equal(ready.statusCode, 503)
  const payload = JSON.stringify({ path: '/v1/dossiers', body: { id: 'd2', title: 'x' } })
  const batch = await intake.send('/v1/batches', payload, {
    'content-type': 'application/x-ndjson',
    authorization: `Bearer ${intake.key}`,
  })
  t.match(JSON.parse(batch.body), { line: 1, status: 503, code: 'PUBLISH_FAILED', event: String })

  await stack.kafka.restart()
  await until(async () => (await intake.post('/v1/statements', statement({ id: 'during' }), again)).statusCode === 202)
  const taken = await intake.post('/v1/statements', statement({ id: 'during' }), again)
  t.equal(taken.json<{ event: string }>().event, problem.event)
  const subjects = new Set((await intake.eventsOn('statements')).map(({ subject }) => subject))
  t.same([...subjects], ['before', 'during'])
  await until(async () => (await intake.intake.app.inject({ url: '/health/ready' })).statusCode === 200)
  t.equal((await intake.post('/v1/actors', { id: 'after', kind: 'PERSON', name: 'After' })).statusCode, 202)
  t.equal(
    (await intake.post('/v1/actors/after/aliases', { alias: 'later' })).statusCode,
    202,
    'the registry is followed again',
  )
})
