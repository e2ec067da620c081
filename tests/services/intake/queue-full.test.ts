import t, { test } from 'tap'
import { registerBasics, statement, testIntake } from './intake.js'

test('when the queue to Kafka is full, what does not fit is refused, 503; what is accepted is published, and nothing else', async (t) => {
  const intake = await testIntake(t, { INTAKE_QUEUE_RECORDS_MAX: '5' })
  await registerBasics(intake)
  const ids = Array.from({ length: 60 }, (_, n) => `alone-${n}`)
  const answers = await Promise.all(ids.map((id) => intake.post('/v1/statements', statement({ id }))))
  const refused = answers.filter(({ statusCode }) => statusCode === 503)
  t.ok(refused.length > 0)
  for (const answer of refused) {
    t.equal(answer.json<{ code: string }>().code, 'OVERLOADED')
    t.ok(Number(answer.headers['retry-after']) > 0)
  }
  const lines = Array.from({ length: 40 }, (_, n) => ({
    path: '/v1/statements',
    body: statement({ id: `in-batch-${n}` }),
  }))
  const batch = await intake.send('/v1/batches', lines.map((line) => JSON.stringify(line)).join('\n'), {
    'content-type': 'application/x-ndjson',
    authorization: `Bearer ${intake.key}`,
  })
  const results = batch.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; status: number; subject?: string; code?: string })
  t.same(
    results.map(({ line }) => line),
    lines.map((_, n) => n + 1),
  )
  t.ok(results.some(({ status, code }) => status === 503 && code === 'OVERLOADED'))
  const accepted = [
    ...answers
      .filter(({ statusCode }) => statusCode === 202)
      .map((answer) => answer.json<{ subject: string }>().subject),
    ...results.filter(({ status }) => status === 202).map(({ subject }) => subject),
  ]
  t.ok(accepted.length > 1)
  t.strictSame((await intake.eventsOn('statements')).map(({ subject }) => subject).sort(), accepted.sort())
})

t.setTimeout(120_000) // a bound for a busy machine
