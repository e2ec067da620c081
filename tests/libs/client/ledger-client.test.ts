import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { ledgerClient } from '#libs/client/ledger-client.js'
import { contentKey, LineRefused, postLines } from '#libs/client/post-lines.js'

interface Received {
  url: string
  headers: IncomingMessage['headers']
  body: string
}

/** A server that answers what the test says, and keeps what it was asked. */
async function server(t: Test, answer: (request: Received, response: ServerResponse, count: number) => void) {
  const received: Received[] = []
  const http = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      received.push({ url: request.url ?? '', headers: request.headers, body })
      answer(received.at(-1)!, response, received.length)
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  t.teardown(() => http.closeAllConnections())
  t.teardown(() => http.close())
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return { client: ledgerClient({ intakeUrl: url, apiUrl: url, key: 'sl_key' }), received }
}

const line = (subject: string) => ({ type: 'ledger.dossier.registered.v1', subject, data: { title: subject } })
const results = (body: string, status: (subject: string) => object) =>
  body
    .trimEnd()
    .split('\n')
    .map((text, index) =>
      JSON.stringify({ line: index + 1, ...status((JSON.parse(text) as { subject: string }).subject) }),
    )
    .join('\n')

t.test('a batch is NDJSON with the key, and its answer one result a line', async (t) => {
  const { client, received } = await server(t, ({ body }, response) => {
    response.setHeader('ledger-after', 'token')
    response.end(results(body, (subject) => ({ status: 202, event: `event-${subject}`, subject })))
  })
  const answer = await client.postBatch([line('a'), line('b')], 'key-1')
  t.match(answer, { ledgerAfter: 'token', results: [{ event: 'event-a' }, { event: 'event-b' }] })
  t.match(received, [{ url: '/v1/batches', headers: { 'idempotency-key': 'key-1', authorization: 'Bearer sl_key' } }])
})

t.test(
  'it is sent again, unchanged, when the server is busy, says nothing, or Kafka did not confirm a line',
  async (t) => {
    const { client, received } = await server(t, ({ body }, response, count) => {
      if (count === 1) response.writeHead(503, { 'retry-after': '0' }).end('{"code":"OVERLOADED"}')
      else if (count === 2) response.destroy()
      else response.end(results(body, () => (count === 3 ? { status: 503, code: 'PUBLISH_FAILED' } : { status: 202 })))
    })
    const answer = await client.postBatch([line('a')], 'key-1')
    t.match(answer.results, [{ status: 202 }])
    t.equal(received.length, 4)
    t.equal(new Set(received.map(({ headers, body }) => `${String(headers['idempotency-key'])} ${body}`)).size, 1)
  },
)

t.test('what the caller did wrong is told at once, by its code', async (t) => {
  const { client, received } = await server(t, (_request, response) => {
    response.writeHead(401).end('{"code":"KEY_INVALID","detail":"It was revoked."}')
  })
  await t.rejects(client.read('/v1/status'), { name: 'RequestError', status: 401, code: 'KEY_INVALID' })
  t.equal(received.length, 1)
})

t.test('all pages of a list are read, each with the token', async (t) => {
  const pages = [
    { items: [1, 2], next: 'c 1' },
    { items: [3], next: null },
  ]
  const { client, received } = await server(t, (_request, response, count) => {
    response.end(JSON.stringify(pages[count - 1]))
  })
  t.strictSame(await client.readAll('/v1/changes?actor=irn', { after: 'token' }), [1, 2, 3])
  t.strictSame(
    received.map(({ url, headers }) => [url, headers['ledger-after']]),
    [
      ['/v1/changes?actor=irn&limit=500', 'token'],
      ['/v1/changes?actor=irn&limit=500&cursor=c%201', 'token'],
    ],
  )
})

t.test('lines go in batches whose keys come from what is in them', async (t) => {
  const { client, received } = await server(t, ({ body }, response) => {
    response.end(results(body, () => ({ status: 202 })))
  })
  const lines = ['a', 'b', 'c'].map(line)
  t.match(await postLines(client, lines, { name: 'test', linesMax: 2 }), { posted: 3, accepted: 0 })
  await postLines(client, lines, { name: 'test', linesMax: 2 })
  const keys = received.map(({ headers }) => headers['idempotency-key'])
  t.equal(keys.length, 4)
  t.strictSame(keys.slice(2), keys.slice(0, 2), 'the same the second time')
  t.equal(keys[0], contentKey('test', lines.slice(0, 2)))
  t.not(keys[0], keys[1])
})

t.test('a line that is refused ends it, unless its code is one to accept', async (t) => {
  const { client } = await server(t, ({ body }, response) => {
    response.end(
      results(body, (subject) => (subject === 'b' ? { status: 409, code: 'ALREADY_REGISTERED' } : { status: 202 })),
    )
  })
  const lines = ['a', 'b'].map(line)
  await t.rejects(postLines(client, lines, { name: 'test' }), LineRefused)
  const accept = new Set(['ALREADY_REGISTERED'])
  t.match(await postLines(client, lines, { name: 'test', accept }), { posted: 1, accepted: 1 })
})
