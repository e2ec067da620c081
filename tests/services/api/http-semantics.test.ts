import { event } from '#tests/services/projector/records.js'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { dropTestTemplate, openTestApi, seedEvents } from './test-api.js'

const ORIGIN = 'https://newsroom.example'

t.test('every read takes HEAD and OPTIONS', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const { paths } = (await ledger.get('/openapi.json')).body as { paths: Record<string, { get?: object }> }
  const reads = Object.keys(paths).filter((path) => paths[path]?.get && !path.endsWith('/stream'))
  t.ok(reads.length > 25)
  for (const path of reads) {
    const answer = await ledger.api.app.inject({ method: 'OPTIONS', url: path.replaceAll(/\{\w+\}/g, 'x') })
    t.equal(answer.statusCode, 204, path)
    t.match(answer.headers.allow, /GET, HEAD, OPTIONS/, path)
  }
  for (const url of ['/v1/positions?limit=500', '/v1/positions?format=csv', '/v1/changes/x', '/v1/statements/uw-044']) {
    const [get, head] = await Promise.all(
      (['GET', 'HEAD'] as const).map((method) => ledger.api.app.inject({ method, url })),
    )
    t.equal(head?.statusCode, get?.statusCode, url)
    t.equal(head?.payload, '')
    for (const name of ['etag', 'content-type', 'cache-control', 'vary'])
      t.equal(head?.headers[name], get?.headers[name], `${url}: ${name}`)
  }
})

t.test('browsers of the origins that are named may read, and a cache keeps them apart', async (t) => {
  const { api } = await openTestApi(t, { environment: { API_CORS_ORIGINS: ORIGIN, API_READ_ACCESS: 'key' } })
  const preflight = await api.app.inject({
    method: 'OPTIONS',
    url: '/v1/positions',
    headers: { origin: ORIGIN, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-api-key' },
  })
  t.equal(preflight.statusCode, 204, 'without a key')
  t.match(preflight.headers, { 'access-control-allow-origin': ORIGIN, 'access-control-allow-headers': 'x-api-key' })
  const other = await api.app.inject({ url: '/v1/positions', headers: { origin: 'https://other.example' } })
  t.equal(other.headers['access-control-allow-origin'], undefined)
  const open = await openTestApi(t, { environment: { API_CORS_ORIGINS: ORIGIN } })
  await open.record(...seedEvents())
  const answer = await open.get('/v1/positions?limit=1', { origin: ORIGIN })
  t.match(answer.headers, { vary: 'Origin, Accept, Accept-Encoding', 'access-control-allow-origin': ORIGIN })
  t.match(answer.headers['access-control-expose-headers'], /etag.*link/)
  const none = await openTestApi(t)
  t.equal((await none.get('/v1/positions', { origin: ORIGIN })).headers['access-control-allow-origin'], undefined)
})

t.test('an export that fails midway is cut off, and cannot be taken for the whole', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  await ledger.record(...longStatements(1_000))
  await ledger.api.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = ledger.api.app.server.address() as AddressInfo
  const read = (onFirst: (response: http.IncomingMessage) => Promise<void>) =>
    new Promise<{ complete: boolean; bytes: number }>((resolve, reject) => {
      http
        .get({ port, host: '127.0.0.1', path: '/v1/statements?format=ndjson', agent: false }, (response) => {
          let bytes = 0
          const end = (): void => resolve({ complete: response.complete, bytes })
          response.once('data', () => {
            response.pause()
            onFirst(response).then(() => response.resume(), reject)
          })
          response.on('data', (chunk: Buffer) => (bytes += chunk.length))
          response.on('close', end).on('error', () => undefined)
        })
        .on('error', reject)
    })
  const whole = await read(() => Promise.resolve())
  t.ok(whole.complete)
  const cut = await read(async () => {
    const killed = await ledger.projector.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query like 'fetch forward%' and state <> 'disabled'`,
    )
    t.equal(killed.length, 1, 'the caller reads no more, so the export waits')
  })
  t.notOk(cut.complete)
  t.ok(cut.bytes < whole.bytes)
  t.ok((await read(() => Promise.resolve())).complete, 'and the next one is served')
})

/** Of 20 kB each: together more than what the system holds of a connection that nobody reads. */
const longStatements = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    event('ledger.statement.recorded.v1', `long-${index}`, {
      ...{ dossier: 'ukraine-war', speaker: 'irn', onBehalfOf: [], act: 'ASSERT', stances: [] },
      evidence: Array.from({ length: 10 }, (_, report) => ({
        ...{ report: `report-${report}`, published: '2022-12-02', fidelity: 'PARAPHRASE' as const },
        paraphrase: 'word '.repeat(390),
      })),
    }),
  )

t.teardown(dropTestTemplate)
