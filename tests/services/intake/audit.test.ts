import { pino } from 'pino'
import t, { test } from 'tap'
import { buildIntake } from '#services/intake/app.js'
import { parseConfig } from '#services/intake/config.js'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { testStack } from '#tests/stack.js'
import { readFileSync } from 'node:fs'

t.setTimeout(120_000) // a bound for a busy machine

test('each write leaves a line: who, by which key, where, which events, with what status', async (t) => {
  const { brokers, topicPrefix } = await testStack(t)
  const file = `${t.testdir()}/key`
  const config = parseConfig({
    KAFKA_BROKERS: brokers.join(','),
    TOPIC_PREFIX: topicPrefix,
    INTAKE_BOOTSTRAP_KEY_FILE: file,
  })
  const lines: string[] = []
  const kafka = await connectKafka({ ...config.kafka, clientId: 'audit-test' })
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const intake = await buildIntake(config, kafka, logger)
  t.teardown(() => intake.close().then(() => kafka.close()))
  const key = readFileSync(file, 'utf8').trim()
  const post = (url: string, payload: string, type = 'application/json', by = key) =>
    intake.app.inject({ method: 'POST', url, payload, headers: { 'content-type': type, 'x-api-key': by } })

  const taken = await post('/v1/actors', '{"id":"irn","kind":"STATE","name":"a name of the body"}')
  t.equal(taken.statusCode, 202, taken.body)
  t.equal((await post('/v1/actors', '{"kind":"NOTHING"}')).statusCode, 422)
  t.equal((await post('/v1/actors', '{}', 'application/json', 'guessed-key')).statusCode, 401)
  const line = (id: string) => `{"path":"/v1/dossiers","body":{"id":"${id}","title":"x"}}\n`
  const batch = await post('/v1/batches', `${line('one')}${line('BAD')}${line('two')}`, 'application/x-ndjson')
  const issued = await post('/v1/keys', '{"account":"newsroom","scopes":["record"]}')

  const tooLong = await post(`/v1/actors?x=${'x'.repeat(5_000)}`, '{}')
  t.match(tooLong.json<{ code: string }>(), { code: 'URL_TOO_LONG' }, 'also what is refused before anything else')

  const results = batch.body
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as { event?: string })
  const { event } = taken.json<{ event: string }>()
  const { key: newKey, event: keyEvent } = issued.json<{ key: string; event: string }>()
  const audit = lines.map((text) => JSON.parse(text) as Record<string, unknown>).filter((one) => one.audit === true)
  t.match(audit, [
    { account: 'development', keyId: String, route: '/v1/actors', status: 202, events: [event], reqId: String },
    { account: 'development', keyId: String, route: '/v1/actors', status: 422, events: [] },
    { account: 'anonymous', keyId: null, route: '/v1/actors', status: 401, events: [] },
    { account: 'development', route: '/v1/batches', status: 200, events: [results[0]?.event, results[2]?.event] },
    { account: 'development', route: '/v1/keys', status: 202, events: [keyEvent] },
    { account: 'development', route: '/v1/actors', status: 414, events: [] },
  ])
  t.equal(audit.length, 6)
  for (const secret of [key, newKey, 'guessed-key', 'a name of the body']) t.notOk(lines.join('').includes(secret))
})
