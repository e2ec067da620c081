import net from 'node:net'
import { test, type Test } from 'tap'
import type { HttpOptions } from '#libs/http/build-http.js'
import { proxyHops } from '#libs/http/proxy-hops.js'
import { KEYS, testApplication } from './application.js'

/** A server that listens, since much of this never reaches a route. */
async function listening(t: Test, options: Partial<HttpOptions> = {}) {
  const { app, lines } = await testApplication(t, options)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as net.AddressInfo
  return { lines, talk: (text: string) => talk(port, text) }
}

/** Sends exactly this and reads until the server closes. */
function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text, 'latin1'))
    socket.on('data', (data) => (answer += String(data)))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

const CLOSE = 'host: a\r\nconnection: close\r\n'
const get = (target: string, headers = ''): string => `GET ${target} HTTP/1.1\r\n${CLOSE}${headers}\r\n`
const post = (body: string, headers = ''): string =>
  `POST /v1/things HTTP/1.1\r\n${CLOSE}authorization: Bearer ${KEYS.recorder}\r\ncontent-type: application/json\r\n` +
  `content-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`

const is = (t: Test, answer: string, status: number, code: string, about: string): void => {
  t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), about)
  t.match(answer, `"code":"${code}"`, about)
}

test('who sends too slowly is cut off, with headers or with a body', async (t) => {
  // a handler may take far longer, so that it is not that bound which ends them
  const { talk } = await listening(t, { requestMsMax: 200, handlerMsMax: 60_000 })
  const [headers, body] = await Promise.all([
    talk('GET /v1/plain HTTP/1.1\r\nhost: a\r\nx-a: '),
    talk(post('{}').slice(0, -1)),
  ])
  is(t, headers, 408, 'REQUEST_TOO_SLOW', 'slow headers')
  is(t, body, 408, 'REQUEST_TOO_SLOW', 'slow body')
})

test('headers and addresses have bounds', async (t) => {
  const { talk } = await listening(t)
  is(t, await talk(get('/v1/plain', `x: ${'y'.repeat(20_000)}\r\n`)), 431, 'HEADERS_TOO_LARGE', 'one huge header')
  is(t, await talk(get('/v1/plain', 'abcd: efgh\r\n'.repeat(5_000))), 431, 'HEADERS_TOO_LARGE', 'many headers')
  is(t, await talk(get(`/v1/plain?${'x'.repeat(5_000)}`)), 414, 'URL_TOO_LONG', 'a long address')
  is(t, await talk(get(`/v1/things/${'x'.repeat(1_000)}`)), 400, 'PARAMETER_INVALID', 'a parameter beyond its bound')
})

test('what could be read in two ways is refused', async (t) => {
  const { talk } = await listening(t)
  const twice = (name: string, a = 'a', b = 'b') => talk(get('/v1/plain', `${name}: ${a}\r\n${name}: ${b}\r\n`))
  for (const name of ['X-API-Key', 'Idempotency-Key', 'Ledger-After', 'X-Request-Id', 'Last-Event-ID', 'Content-Type'])
    is(t, await twice(name), 400, 'HEADER_INVALID', `${name} twice`)
  const key = `Bearer ${KEYS.reader}`
  is(t, await twice('Authorization', key, key), 400, 'HEADER_INVALID', 'Authorization twice')
  is(t, await talk(get('/v1/plain', 'x-a: a\rb\r\n')), 400, 'HEADER_INVALID', 'a bare CR')
  is(t, await talk(get('/v1/plain', 'x-a: a\0b\r\n')), 400, 'HEADER_INVALID', 'a NUL')
  is(t, await talk(get('/v1/plain', 'x a: b\r\n')), 400, 'HEADER_INVALID', 'a space in a name')
  is(t, await talk(post('{"name":"ab"}', 'transfer-encoding: chunked\r\n')), 400, 'HEADER_INVALID', 'two lengths')
  is(t, await talk(post('{"name":"ab"}', 'content-length: 2\r\n')), 400, 'HEADER_INVALID', 'two Content-Lengths')
  const echo = await talk(get('/v1/plain', 'x-request-id: abcdefgh%0d%0aset-cookie:x\r\n'))
  t.match(echo, /\r\nx-request-id: [0-9a-f-]{36}\r\n/, 'an id that could not stand in a log is not given back')
})

test('a key comes as Bearer, or in its own header; anything else is no key', async (t) => {
  const { talk } = await listening(t)
  const odd = [
    'Basic eDp5',
    'Bearer',
    'Bearer a b',
    `bearer${KEYS.reader}`,
    KEYS.reader,
    `Bearer ${'x'.repeat(500)}`,
    'Bearer \xe9',
    '',
  ]
  for (const value of odd)
    is(t, await talk(get('/v1/plain', `authorization: ${value}\r\n`)), 401, 'KEY_INVALID', `'${value.slice(0, 20)}'`)
  const both = `authorization: Bearer wrong\r\nx-api-key: ${KEYS.reader}\r\n`
  is(t, await talk(get('/v1/plain', both)), 401, 'KEY_INVALID', 'a wrong key is not made good by another')
  for (const key of [KEYS.expired, KEYS.revoked])
    is(t, await talk(get('/v1/plain', `x-api-key: ${key}\r\n`)), 401, 'KEY_INVALID', 'expired or revoked')
})

test('paths lead to routes and to nothing else', async (t) => {
  const { talk } = await listening(t)
  for (const path of ['/../../etc/passwd', '/docs/../../package.json', '/docs/%2e%2e/package.json', '/docs%2f..%2fx'])
    is(t, await talk(get(path)), 404, 'ROUTE_UNKNOWN', path)
  is(t, await talk(get('/v1//things')), 404, 'ROUTE_UNKNOWN', 'an empty segment')
  for (const path of ['/v1/things/%ED%A0%80', '/v1/things/%', '/v1/things/%zz', '/%c0%ae'])
    is(t, await talk(get(path)), 400, 'PARAMETER_INVALID', path)
  t.match(await talk(get('/v1/things/a%2Fb')), /^HTTP\/1\.1 200 /, 'an encoded slash is part of a parameter')
})

test('names that JavaScript gives a meaning are names like any other', async (t) => {
  const { talk } = await listening(t)
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString']) {
    is(t, await talk(get(`/v1/plain?${name}=1`)), 400, 'PARAMETER_UNKNOWN', `${name} as a parameter`)
    is(t, await talk(get(`/v1/things/1?${name}=1`)), 400, 'PARAMETER_UNKNOWN', `${name} beside a schema`)
    const body = `{"name":"ab","${name}":{"polluted":true}}`
    is(t, await talk(post(body)), 422, 'FIELD_UNKNOWN', `${name} in a body`)
  }
  t.equal(({} as { polluted?: boolean }).polluted, undefined)
  is(t, await talk(get('/v1/things/1?limit=1&limit=2')), 400, 'PARAMETER_INVALID', 'a parameter twice')
  is(t, await talk(get('/v1/things/1?limit[]=1')), 400, 'PARAMETER_UNKNOWN', 'brackets mean nothing')
})

test('an address is that of the connection, unless proxies of ours are in front', async (t) => {
  const limits = { requestsPerMinuteOfKey: 5, requestsPerMinuteOfAddress: 2 }
  const open = await listening(t, { limits })
  const from = (address: string) =>
    get('/v1/plain', `x-forwarded-for: ${address}\r\nforwarded: for=${address}\r\nx-real-ip: ${address}\r\n`)
  const statuses: string[] = []
  for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3'])
    statuses.push((await open.talk(from(address))).slice(9, 12))
  t.strictSame(statuses, ['200', '200', '429'])
  const proxied = await listening(t, { limits, proxyHops: 1 })
  for (const invented of ['1.1.1.1', '2.2.2.2']) await proxied.talk(from(`${invented}, 192.0.2.7`))
  const third = await proxied.talk(from('3.3.3.3, 192.0.2.7'))
  is(t, third, 429, 'RATE_LIMITED', 'what the caller put in front of the address is not believed')
  t.match(third, /\r\nretry-after: [1-9]\d*\r\n/)
  t.match(third, /\r\nx-ratelimit-limit: 2\r\n/)
  t.match(await proxied.talk(from('3.3.3.3, 192.0.2.8')), /^HTTP\/1\.1 200 /, 'another caller behind the same proxy')
  const statusesOfOne = async (addresses: readonly string[]) => {
    const answers: string[] = []
    for (const address of addresses) answers.push((await proxied.talk(from(address))).slice(9, 12))
    return answers
  }
  const ofOneNetwork = ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:DB8::3', '2001:db8:0:1::1']
  t.strictSame(await statusesOfOne(ofOneNetwork), ['200', '200', '429', '200'], 'of IPv6 a /64 is one caller')
  t.strictSame(await statusesOfOne(['::ffff:198.51.100.1', '198.51.100.1', '198.51.100.1']), ['200', '200', '429'])
  t.strictSame(await statusesOfOne(['fe80::1%eth0', 'not an address', '::']), ['200', '200', '200'])
  t.strictSame(
    ['true', 'false', '2', undefined].map((value) => proxyHops.parse(value)),
    [1, 0, 2, 0],
  )
  t.notOk(proxyHops.safeParse('everyone').success)
})

test('HEAD and OPTIONS are held to the same; errors tell nothing of the inside', async (t) => {
  const { talk, lines } = await listening(t, { anonymousScopes: [] })
  t.match(await talk(`HEAD /v1/plain HTTP/1.1\r\n${CLOSE}\r\n`), /^HTTP\/1\.1 401 /)
  t.match(
    await talk(`OPTIONS /v1/plain HTTP/1.1\r\n${CLOSE}\r\n`),
    /^HTTP\/1\.1 204 [^]*\r\nallow: GET, HEAD, OPTIONS\r\n/,
  )
  is(t, await talk(`TRACE /v1/plain HTTP/1.1\r\n${CLOSE}\r\n`), 405, 'METHOD_NOT_ALLOWED', 'TRACE')
  const broken = await talk(get('/v1/broken', `x-api-key: ${KEYS.reader}\r\n`))
  is(t, broken, 500, 'INTERNAL', 'what failed inside')
  t.notMatch(broken, /secret|node_modules|\.js|x-powered-by|server:/i)
  t.notMatch(JSON.stringify(lines), new RegExp(Object.values(KEYS).join('|')), 'no key is logged')
})
