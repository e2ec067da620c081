import net from 'node:net'
import t, { test, type Test } from 'tap'
import { findFreePort } from '#libs/stack/ports.js'
import { waitPreferenceOf } from '#services/intake/writes/prefer-wait.js'
import { dropTestTemplate, openTestApi } from '#tests/services/api/test-api.js'
import { testIntake } from './intake.js'

/** What is applied is shown by tests/acceptance/seeded-ledger.test.ts, where a projector runs; here is what must never fail a write. */

const actor = (id: string) => ({ id, kind: 'PERSON', name: id })
const WAIT = { prefer: 'wait=1' }

test('the preference is read as RFC 7240 writes it; what is malformed counts as not given', (t) => {
  const given: [string | string[] | undefined, number | undefined][] = [
    ['wait=5', 5],
    ['WAIT = "5"', 5],
    ['respond-async, wait=7; x=y', 7],
    [['return=minimal', 'wait=3'], 3],
    ['wait=2, wait=9', 2],
    ['wait=99999999999', undefined],
    ['wait=-1', undefined],
    ['wait=0', undefined],
    ['wait', undefined],
    ['await=5', undefined],
    [`${'x,'.repeat(5_000)}wait=5`, undefined],
    [undefined, undefined],
  ]
  for (const [header, seconds] of given) t.equal(waitPreferenceOf(header), seconds, String(header).slice(0, 40))
  t.end()
})

test('with an api that is away, or has not seen it in time, a write that is published is answered 202', async (t) => {
  const away = await testIntake(t, { API_INTERNAL_URL: `http://127.0.0.1:${await findFreePort()}` })
  const alone = await away.post('/v1/actors', actor('nobody-to-ask'), WAIT)
  t.equal(alone.statusCode, 202, alone.body)
  t.equal(alone.headers['preference-applied'], undefined)
  t.match(alone.json(), { event: String, subject: 'nobody-to-ask' })

  const silent = await testIntake(t, { API_INTERNAL_URL: await listenAndSayNothing(t) })
  const unanswered = await silent.post('/v1/actors', actor('no-answer'), WAIT)
  t.equal(unanswered.statusCode, 202, unanswered.body)

  const behind = await testIntake(t, { API_INTERNAL_URL: await realApi(t) })
  const unseen = await behind.post('/v1/actors', actor('not-yet-seen'), WAIT)
  t.equal(unseen.statusCode, 202, unseen.body)
  t.equal(unseen.headers['preference-applied'], 'wait=1')
  t.match(unseen.headers, { location: /\/v1\/events\//, 'ledger-after': String })

  for (const intake of [away, silent, behind])
    t.equal((await intake.eventsOn('registry')).filter(({ type }) => type === 'ledger.actor.registered.v1').length, 1)
})

test('the wait is cut to the bound of this intake', async (t) => {
  const intake = await testIntake(t, { API_INTERNAL_URL: await realApi(t), INTAKE_WAIT_MS_MAX: '1000' })
  const answer = await intake.post('/v1/actors', actor('patient'), { prefer: 'wait=3600' })
  t.equal(answer.statusCode, 202)
  t.equal(answer.headers['preference-applied'], 'wait=1')
})

/** An api with read models that nobody fills. */
async function realApi(t: Test): Promise<string> {
  const { api } = await openTestApi(t)
  return api.app.listen({ host: '127.0.0.1', port: 0 })
}

async function listenAndSayNothing(t: Test): Promise<string> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => void sockets.add(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
}

t.setTimeout(120_000) // a bound for a busy machine
t.teardown(dropTestTemplate)
