import net from 'node:net'
import { test, type Test } from 'tap'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { HttpApp } from '#libs/http/build-http.js'
import { z } from 'zod'
import { KEYS, testApplication } from './application.js'

const JSON_TYPE = { 'content-type': 'application/json' }
const asRecorder = { ...JSON_TYPE, authorization: `Bearer ${KEYS.recorder}` }

const post = (app: HttpApp, payload: string | Buffer, headers: Record<string, string> = asRecorder) =>
  app.inject({ method: 'POST', url: '/v1/things', headers, payload })

/** Checks that an answer is a problem with this status, code and (where given) pointer of its first fault. */
function isProblem(t: Test, response: LightMyRequestResponse, status: number, code: string, pointer?: string): void {
  t.equal(response.statusCode, status, `${code}: ${response.body}`)
  t.match(response.headers['content-type'], /^application\/problem\+json/)
  const problem = response.json<{ errors?: { pointer?: string }[] }>()
  t.match(problem, { code, status, type: `/problems/${code}`, title: String, detail: String, requestId: String })
  if (pointer !== undefined) t.equal(problem.errors?.[0]?.pointer, pointer)
}

test('a body that cannot be read is a problem with a code and a pointer', async (t) => {
  const { app } = await testApplication(t)
  isProblem(t, await post(app, '{"name":'), 400, 'JSON_INVALID', '')
  isProblem(t, await post(app, Buffer.from([0x22, 0xff, 0x22])), 400, 'JSON_INVALID')
  isProblem(t, await post(app, '{"name":"ab","name":"cd"}'), 400, 'JSON_DUPLICATE_KEY', '/name')
  isProblem(t, await post(app, '{"name":"a\\u0000b"}'), 400, 'JSON_NUL', '/name')
  isProblem(t, await post(app, '{"name":"\\ud800"}'), 400, 'JSON_LONE_SURROGATE', '/name')
  isProblem(t, await post(app, `${'['.repeat(200)}${']'.repeat(200)}`), 400, 'JSON_TOO_DEEP')
  isProblem(t, await post(app, JSON.stringify({ name: 'x'.repeat(2_000) })), 413, 'BODY_TOO_LARGE')
  isProblem(
    t,
    await post(app, 'name=ab', { ...asRecorder, 'content-type': 'text/plain' }),
    415,
    'CONTENT_TYPE_UNSUPPORTED',
  )
  isProblem(
    t,
    await app.inject({ method: 'POST', url: '/v1/things', headers: { authorization: asRecorder.authorization } }),
    400,
    'BODY_MISSING',
  )
})

test('a body of the wrong shape is a problem that points to each fault', async (t) => {
  const { app } = await testApplication(t)
  isProblem(t, await post(app, '{"name":"ab","nmae":1}'), 422, 'FIELD_UNKNOWN', '/nmae')
  isProblem(t, await post(app, '{}'), 422, 'FIELD_MISSING', '/name')
  isProblem(t, await post(app, '{"name":"a"}'), 422, 'FIELD_INVALID', '/name')
  isProblem(t, await post(app, '{"name":"ab","kind":"C"}'), 422, 'VALUE_UNKNOWN', '/kind')
  const two = await post(app, '{"name":"a","size":"x"}')
  t.same(
    two.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer),
    ['/name', '/size'],
  )
  t.equal((await post(app, '{"name":"ab"}')).statusCode, 200)
})

test('parameters that are not known, or not right, are refused by name', async (t) => {
  const { app } = await testApplication(t)
  const get = (url: string) => app.inject({ url })
  isProblem(t, await get('/v1/things/1?limt=3'), 400, 'PARAMETER_UNKNOWN', 'limt')
  isProblem(t, await get('/v1/plain?limit=3'), 400, 'PARAMETER_UNKNOWN', 'limit')
  isProblem(t, await get('/v1/things/1?limit=11'), 400, 'PARAMETER_INVALID', 'limit')
  isProblem(t, await get('/v1/things/too-long'), 400, 'PARAMETER_INVALID', 'id')
  isProblem(t, await get(`/v1/plain?${'x'.repeat(5_000)}`), 414, 'URL_TOO_LONG')
})

test('keys: missing, wrong, expired, revoked, without the scope', async (t) => {
  const { app } = await testApplication(t)
  const withKey = (key: string) => post(app, '{"name":"ab"}', { ...JSON_TYPE, authorization: `Bearer ${key}` })
  const none = await post(app, '{"name":"ab"}', JSON_TYPE)
  isProblem(t, none, 401, 'KEY_MISSING')
  t.equal(none.headers['www-authenticate'], 'Bearer')
  isProblem(t, await withKey('ledger_guessed'), 401, 'KEY_INVALID')
  isProblem(t, await withKey(KEYS.expired), 401, 'KEY_INVALID')
  isProblem(t, await withKey(KEYS.revoked), 401, 'KEY_INVALID')
  isProblem(t, await withKey(KEYS.reader), 403, 'SCOPE_MISSING')
  isProblem(t, await post(app, '{"name":"ab"}', { ...JSON_TYPE, authorization: 'Basic eDp5' }), 401, 'KEY_INVALID')
  const byHeader = await post(app, '{"name":"ab"}', { ...JSON_TYPE, 'x-api-key': KEYS.recorder })
  t.same(byHeader.json(), { name: 'ab', by: 'recorder' })
  isProblem(t, await app.inject({ url: '/v1/plain', headers: { 'x-api-key': 'wrong' } }), 401, 'KEY_INVALID')
  t.equal((await app.inject({ url: '/v1/plain' })).statusCode, 200, 'what anonymous callers may do needs no key')
})

test('a key is checked before the body is read', async (t) => {
  const { app } = await testApplication(t)
  isProblem(t, await post(app, '{"name":', JSON_TYPE), 401, 'KEY_MISSING')
})

test('an address that is not there is 404, a method that it does not take 405', async (t) => {
  const { app } = await testApplication(t)
  isProblem(t, await app.inject({ url: '/v1/nothing' }), 404, 'ROUTE_UNKNOWN')
  isProblem(t, await app.inject({ url: '/v1/things/a/b' }), 404, 'ROUTE_UNKNOWN')
  const wrong = await app.inject({ method: 'DELETE', url: '/v1/things/1' })
  isProblem(t, wrong, 405, 'METHOD_NOT_ALLOWED')
  t.equal(wrong.headers.allow, 'GET, HEAD, OPTIONS')
  const asked = await app.inject({ method: 'OPTIONS', url: '/v1/things/1' })
  t.equal(asked.statusCode, 204)
  t.equal(asked.headers.allow, 'GET, HEAD, OPTIONS')
  isProblem(t, await app.inject({ method: 'OPTIONS', url: '/v1/nothing' }), 404, 'ROUTE_UNKNOWN')
})

test('what failed inside is logged and not told', async (t) => {
  const { app, lines } = await testApplication(t)
  const response = await app.inject({ url: '/v1/broken' })
  isProblem(t, response, 500, 'INTERNAL')
  t.notMatch(response.body, /secret|broken\.js|at /)
  t.match(
    lines.find(({ msg }) => msg === 'A request failed.'),
    { err: { message: 'a secret of the inside' }, reqId: response.json<{ requestId: string }>().requestId },
  )
})

test('an unknown id is 404; a handler that takes too long is 503 with Retry-After', async (t) => {
  const never = () => new Promise(() => undefined)
  const { app } = await testApplication(t, { handlerMsMax: 200 }, (app) => {
    app.get('/v1/endless', { config: { scope: 'read' } }, never)
  })
  isProblem(t, await app.inject({ url: '/v1/gone' }), 404, 'ACTOR_UNKNOWN')
  for (const url of ['/v1/slow', '/v1/endless']) {
    const slow = await app.inject({ url })
    isProblem(t, slow, 503, 'TIMED_OUT')
    t.ok(Number(slow.headers['retry-after']) > 0)
  }
})

test('who asks too often is told when to come back; each key and address has its own count', async (t) => {
  const limits = { requestsPerMinuteOfKey: 5, requestsPerMinuteOfAddress: 3 }
  const { app } = await testApplication(t, { limits })
  const ask = (options: Partial<InjectOptions> = {}) => app.inject({ url: '/v1/plain', ...options })
  const wrong = { headers: { 'x-api-key': 'guess' } }
  for (let n = 0; n < 3; n++) t.equal((await ask(n === 0 ? {} : wrong)).statusCode, n === 0 ? 200 : 401)
  const refused = await ask(wrong)
  isProblem(t, refused, 429, 'RATE_LIMITED')
  t.ok(Number(refused.headers['retry-after']) > 0)
  const asReader = { headers: { 'x-api-key': KEYS.reader } }
  for (let n = 0; n < 5; n++) t.equal((await ask(asReader)).statusCode, 200)
  isProblem(t, await ask(asReader), 429, 'RATE_LIMITED')
  t.equal((await app.inject({ url: '/health/live' })).statusCode, 200)
})

test('one log line a request, without what a query may hold', async (t) => {
  const { app, lines } = await testApplication(t)
  await app.inject({ url: '/v1/things/1?limit=3', headers: { 'x-request-id': 'caller-chosen-1' } })
  const answered = lines.filter(({ msg }) => msg === 'A request was answered.')
  t.match(answered, [
    { method: 'GET', route: '/v1/things/:id', status: 200, reqId: 'caller-chosen-1', account: 'anonymous' },
  ])
  t.equal(answered.length, 1)
  t.equal(lines.length, 1)
})

test('security headers, request id, health, metrics, OpenAPI 3.1', async (t) => {
  const { app } = await testApplication(t)
  const response = await app.inject({ url: '/v1/plain', headers: { 'x-request-id': 'bad id\u00e9' } })
  t.match(response.headers, {
    'x-content-type-options': 'nosniff',
    'content-security-policy': /default-src 'none'/,
    'x-request-id': /^[0-9a-f-]{36}$/,
  })
  t.same((await app.inject({ url: '/health/ready' })).json(), {
    ready: true,
    checks: [{ name: 'everything', ok: true }],
  })
  t.match((await app.inject({ url: '/metrics' })).body, /http_request_duration_seconds_count\{.*route="\/v1\/plain"/)
  const document = (await app.inject({ url: '/openapi.json' })).json<Record<string, Record<string, unknown>>>()
  t.equal(document.openapi, '3.1.0')
  t.match(document.paths?.['/v1/things'], {
    post: { security: [{ apiKey: [] }, { apiKeyHeader: [] }], responses: { 422: { description: /FIELD_INVALID/ } } },
  })
  t.notOk(Object.keys(document.paths ?? {}).some((path) => path.startsWith('/health')))
})

test('pages tell a browser how to treat them; data is told no more than it needs', async (t) => {
  const { app } = await testApplication(t)
  const page = await app.inject({ url: '/docs' })
  t.match(page.headers, {
    'content-security-policy': /script-src 'self';.*frame-ancestors 'none'/,
    'cross-origin-opener-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  })
  const data = await app.inject({ url: '/v1/plain' })
  t.match(data.headers, { 'strict-transport-security': /max-age/, 'referrer-policy': 'no-referrer' })
  t.notOk('cross-origin-opener-policy' in data.headers)
})

test('a request without a query gets the defaults of its schema, each a copy of its own', async (t) => {
  const { app } = await testApplication(t, {}, (app) => {
    const querystring = z.strictObject({ limit: z.coerce.number().default(50) })
    app.get('/v1/limited', { config: { scope: 'read' }, schema: { querystring } }, (request, reply) => {
      const before = JSON.stringify(request.query)
      Object.assign(request.query, { limit: 1 })
      return reply.send(before)
    })
  })
  for (const query of ['', '?', '']) t.same((await app.inject({ url: `/v1/limited${query}` })).json(), { limit: 50 })
  isProblem(t, await app.inject({ url: '/v1/limited?=1' }), 400, 'PARAMETER_UNKNOWN')
})

test('a service that is not ready says what is missing', async (t) => {
  const { app } = await testApplication(t, { readiness: () => [{ name: 'kafka', ok: false, detail: 'away' }] })
  const response = await app.inject({ url: '/health/ready' })
  t.equal(response.statusCode, 503)
  t.same(response.json(), { ready: false, checks: [{ name: 'kafka', ok: false, detail: 'away' }] })
})

test('browsers may call from the origins that are configured, and from no other', async (t) => {
  const { app } = await testApplication(t, { corsOrigins: ['https://newsroom.example'] })
  const from = (origin: string) => app.inject({ url: '/v1/plain', headers: { origin } })
  t.equal((await from('https://newsroom.example')).headers['access-control-allow-origin'], 'https://newsroom.example')
  t.equal((await from('https://elsewhere.example')).headers['access-control-allow-origin'], undefined)
})

test('a route under /v1 that does not say who may call it stops the start', async (t) => {
  const forgotten = (app: HttpApp) => void app.get('/v1/forgotten', () => '{}')
  await t.rejects(testApplication(t, {}, forgotten), /\/v1\/forgotten does not say who may call it/)
})

test('what is not HTTP, or has headers beyond all bounds, gets a problem and no stack', async (t) => {
  const { app } = await testApplication(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as net.AddressInfo
  t.match(await talk(port, 'HELLO\r\n\r\n'), /^HTTP\/1\.1 400 [^]*"code":"HEADER_INVALID"/)
  t.match(
    await talk(port, `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 [^]*HEADERS_TOO_LARGE/,
  )
})

function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (data) => (answer += String(data)))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}
