import t, { test } from 'tap'
import { registerBasics, startIntake, statement, testIntake, type TestIntake } from './intake.js'
import type { LightMyRequestResponse } from 'fastify'

t.setTimeout(120_000) // a bound for a busy machine

const again = { 'idempotency-key': 'the-same-key' }
const eventOf = (response: LightMyRequestResponse) => response.json<{ event: string; subject: string }>().event
const codeOf = (response: LightMyRequestResponse) => `${response.statusCode} ${response.json<{ code: string }>().code}`
const published = async (intake: TestIntake) => (await intake.eventsOn('statements')).map(({ id }) => id)

test('a statement is published once, as a CloudEvent, and answered with where to look', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const response = await intake.post('/v1/statements', statement({ id: 'uw-1' }), { traceparent })
  t.equal(response.statusCode, 202)
  const { event, subject } = response.json<{ event: string; subject: string }>()
  t.equal(subject, 'uw-1')
  t.equal(response.headers.location, `http://127.0.0.1:4000/v1/events/${event}`)
  const token = Buffer.from(String(response.headers['ledger-after']), 'base64url').toString()
  t.match(token, /^s\d+\.0,g0\.9$/, token)
  t.match(await intake.eventsOn('statements'), [
    {
      specversion: '1.0',
      id: event,
      type: 'ledger.statement.recorded.v1',
      subject: 'uw-1',
      partitionkey: 'ukraine-war',
      recordedby: 'development',
      traceparent,
      data: { speaker: 'h-amir-abdollahian' },
    },
  ])
})

test('names and aliases become ids, and an id that was merged away stays', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const fields = { onBehalfOf: [{ actor: 'Islamic republic of IRAN', capacity: 'OWN' }], addressees: ['Tehran', 'rus'] }
  await intake.post('/v1/actors', { id: 'persia', kind: 'STATE', name: 'Persia' })
  await intake.post('/v1/actors/irn/merges', { mergedAway: ['persia'] })
  t.equal((await intake.post('/v1/statements', statement(fields))).statusCode, 202)
  t.equal((await intake.post('/v1/statements', statement({ addressees: ['persia'] }))).statusCode, 202)
  t.match(await intake.eventsOn('statements'), [
    { data: { onBehalfOf: [{ actor: 'irn' }], addressees: ['irn', 'rus'] } },
    { data: { addressees: ['persia'] } },
  ])
})

test('the same request with the same Idempotency-Key has one effect, another body with it is refused', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const first = await intake.post('/v1/statements', statement(), again)
  const second = await intake.post('/v1/statements', statement(), again)
  t.equal(second.statusCode, 202)
  t.same(second.json(), first.json())
  t.equal(second.headers['ledger-after'], first.headers['ledger-after'])
  const other = await intake.post('/v1/statements', statement({ act: 'ASSERT' }), again)
  t.equal(codeOf(other), '422 ID_REUSED')
  t.equal(other.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer, 'idempotency-key')
  t.same(await published(intake), [eventOf(first)])
})

test('requests with one key at the same moment have one effect, too', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      intake.post('/v1/statements', statement({ act: n === 7 ? 'ASSERT' : 'DENY' }), again),
    ),
  )
  const accepted = responses.filter(({ statusCode }) => statusCode === 202)
  t.equal(accepted.length, 19)
  t.equal(new Set(accepted.map(eventOf)).size, 1)
  t.equal(codeOf(responses[7]!), '422 ID_REUSED')
  t.equal((await published(intake)).length, 1)
})

test('what was published is known after a restart, and to another intake', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const first = await intake.post('/v1/statements', statement({ id: 'uw-1' }), again)
  const restarted = await intake.restart()
  t.equal(eventOf(await restarted.post('/v1/statements', statement({ id: 'uw-1' }), again)), eventOf(first))
  t.equal(
    codeOf(await restarted.post('/v1/statements', statement({ id: 'uw-1', act: 'ASSERT' }), again)),
    '422 ID_REUSED',
  )
  t.equal(codeOf(await restarted.post('/v1/statements', statement({ id: 'uw-1' }))), '409 ALREADY_RECORDED')
  t.same(await published(restarted), [eventOf(first)])
})

test('two intakes side by side know of each other’s events', async (t) => {
  const one = await testIntake(t)
  await registerBasics(one)
  const { config } = one.kafka
  const environment = { KAFKA_BROKERS: config.brokers.join(','), TOPIC_PREFIX: config.topicPrefix }
  const keyFile = await keyFileOf(t, one.key)
  const two = await startIntake(t, { ...environment, INTAKE_BOOTSTRAP_KEY_FILE: keyFile })
  const first = await one.post('/v1/statements', statement({ id: 'uw-1' }), again)
  await one.post('/v1/actors', { id: 'late', kind: 'PERSON', name: 'Late' })
  let code = ''
  for (let n = 0; n < 100 && code !== '409 ALREADY_RECORDED'; n++)
    code = codeOf(await two.post('/v1/statements', statement({ id: 'uw-1' })))
  t.equal(code, '409 ALREADY_RECORDED')
  t.equal(eventOf(await two.post('/v1/statements', statement({ id: 'uw-1' }), again)), eventOf(first))
})

test('without an id, a repeated request still means the same entity', async (t) => {
  const intake = await testIntake(t)
  const body = { kind: 'PERSON', name: 'Somebody' }
  const first = await intake.post('/v1/actors', body, again)
  const second = await intake.post('/v1/actors', body, again)
  t.same(second.json(), first.json())
  t.equal(first.json<{ subject: string }>().subject, eventOf(first))
  t.equal(codeOf(await intake.post('/v1/actors', { ...body, name: 'Another' }, again)), '422 ID_REUSED')
  t.equal((await intake.eventsOn('registry')).length, 2, 'the bootstrap key and one actor')
})

test('one key of two accounts, or on two routes, is two keys', async (t) => {
  const intake = await testIntake(t)
  const issued = await intake.post('/v1/keys', { account: 'other', scopes: ['register'] })
  const { key } = issued.json<{ key: string }>()
  const mine = await intake.post('/v1/dossiers', { title: 'Mine' }, again)
  const theirs = await intake.post('/v1/dossiers', { title: 'Theirs' }, { ...again, authorization: `Bearer ${key}` })
  const elsewhere = await intake.post('/v1/sources', { name: 'A source' }, again)
  t.same(
    [mine, theirs, elsewhere].map(({ statusCode }) => statusCode),
    [202, 202, 202],
  )
  t.equal(new Set([mine, theirs, elsewhere].map(eventOf)).size, 3)
})

test('a statement that was voided can be recorded anew under its id', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  await intake.post('/v1/statements', statement({ id: 'uw-1' }))
  t.equal(codeOf(await intake.post('/v1/statements', statement({ id: 'uw-1' }))), '409 ALREADY_RECORDED')
  await intake.post('/v1/statements/uw-1/voidings', { dossier: 'ukraine-war', reason: 'coded from the wrong report' })
  t.equal((await intake.post('/v1/statements', statement({ id: 'uw-1' }))).statusCode, 202)
})

async function keyFileOf(t: Parameters<typeof testIntake>[0], key: string): Promise<string> {
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises')
  const dir = await mkdtemp('/tmp/intake-test-')
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  await writeFile(`${dir}/key`, key)
  return `${dir}/key`
}
