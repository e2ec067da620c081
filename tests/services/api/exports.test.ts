import type { PositionResource, StatementResource } from '#libs/contracts/resources.js'
import { event } from '#tests/services/projector/records.js'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { linesOf, rowsOf } from './read-exports.js'
import { dropTestTemplate, openTestApi, seedEvents } from './test-api.js'

const LISTS = ['positions', 'changes', 'conflicts', 'statements']
const CSV = { accept: 'text/csv' }

t.test('lists as NDJSON and CSV, of the seeds', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  await ledger.reachEnd()
  const { get, all } = ledger

  await t.test('both are the whole list, in its order, however it is asked for', async (t) => {
    for (const list of LISTS)
      for (const query of ['?dossier=ukraine-war', '?actor=Tehran']) {
        const items = await all<Record<string, unknown>>(`/v1/${list}${query}`)
        const ndjson = await get(`/v1/${list}${query}&format=ndjson`)
        t.match(ndjson.headers['content-type'], 'application/x-ndjson')
        t.strictSame(linesOf(ndjson.text), items, `${list}${query}`)
        t.equal((await get(`/v1/${list}${query}`, { accept: 'application/x-ndjson' })).text, ndjson.text)
        const csv = await get(`/v1/${list}${query}`, CSV)
        t.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present')
        t.equal(csv.headers['content-disposition'], `attachment; filename="${list}.csv"`)
        t.equal(rowsOf(csv.text).length, items.length, `${list}${query} as CSV`)
        t.equal((await get(`/v1/${list}${query}&format=csv`)).text, csv.text)
      }
    t.ok((await all('/v1/statements?dossier=ukraine-war')).length > 50)
  })

  await t.test('a flat row has what the item has', async (t) => {
    const iran = '?actor=irn&matter=irn-rus.uav&facet=FACT'
    const [row] = rowsOf((await get(`/v1/positions${iran}`, CSV)).text)
    t.match(row, {
      ...{ actor: 'irn', value: 'ADMIT_PARTIAL', statement: 'uw-044', authority: 'PRINCIPAL', implied: 'false' },
      ...{ scopeWindow: '../2022-02-23', scopeQuantity: 'few', conditionMatter: '', entailedFrom: '' },
    })
    const positions = await all<PositionResource>('/v1/positions')
    const rows = rowsOf((await get('/v1/positions', CSV)).text)
    for (const [index, { actor, value, standing, exceptions }] of positions.entries())
      t.match(rows[index], { actor, value, standing: standing.join(' '), exceptions: exceptions.join(' ') })
    const [change] = rowsOf((await get(`/v1/changes${iran}&kind=REVERSAL`, CSV)).text)
    t.match(change, { from: 'DENY', to: 'ADMIT_PARTIAL', order: 'certain', reversesEarlier: 'true', revoked: 'false' })
    const statements = rowsOf((await get('/v1/statements?actor=irn', CSV)).text)
    const admission = statements.find(({ id }) => id === 'uw-044')
    t.match(admission, { act: 'ADMIT', stances: /^irn-rus\.uav FACT ADMIT_PARTIAL/, onBehalfOf: 'irn' })
    t.match(admission?.quote, /limited number of drones/)
  })

  await t.test('a page, where one is asked for, with a link to the next', async (t) => {
    for (const [format, count] of [
      ['csv', (text: string) => rowsOf(text).length],
      ['ndjson', (text: string) => linesOf(text).length],
    ] as const) {
      let path = `/v1/statements?dossier=ukraine-war&limit=30&format=${format}`
      const counts: number[] = []
      for (let page = 0; page < 5 && path !== ''; page++) {
        const answer = await get(path)
        counts.push(count(answer.text))
        t.match(answer.headers.etag, /^"/)
        const next = /<([^>]*)>; rel="next"/.exec(answer.headers.link ?? '')?.[1]
        path = next === undefined ? '' : new URL(next).pathname + new URL(next).search
      }
      const whole = await all('/v1/statements?dossier=ukraine-war')
      t.equal(counts[0], 30)
      t.equal(
        counts.reduce((sum, n) => sum + n),
        whole.length,
        `${format} page by page`,
      )
    }
  })

  await t.test('on a clock, the same list as in JSON; pinned ones say how to cite them', async (t) => {
    const until = new Date(ledger.log.records.at(-1)?.timestampMs ?? 0).toISOString()
    for (const clocks of ['asOf=2022-11-28', `asOf=2022-11-28&publicAt=2022-12-31&knownAt=${until}`])
      for (const list of ['positions', 'changes', 'conflicts']) {
        const query = `/v1/${list}?dossier=ukraine-war&${clocks}`
        const ndjson = await get(`${query}&format=ndjson`)
        t.strictSame(linesOf(ndjson.text), await all(query), query)
        t.equal(rowsOf((await get(query, CSV)).text).length, linesOf(ndjson.text).length)
        t.match(ndjson.headers['cache-control'], clocks.includes('knownAt') ? /immutable/ : 'no-cache')
        t.equal((ndjson.headers.link ?? '').includes('rel="cite-as"'), clocks.includes('knownAt'))
        const page = await get(`${query}&format=csv&limit=1`)
        t.ok(rowsOf(page.text).length <= 1)
      }
  })

  await t.test('what cannot be served is refused before the first byte', async (t) => {
    const refused = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await get(path, headers)
      t.match(answer.headers['content-type'], 'application/problem+json')
      return [answer.status, (answer.body as { code: string }).code]
    }
    t.strictSame(await refused('/v1/positions?format=xlsx'), [400, 'PARAMETER_INVALID'])
    t.strictSame(await refused('/v1/positions', { accept: 'application/pdf' }), [406, 'NOT_ACCEPTABLE'])
    t.strictSame(await refused('/v1/actors', CSV), [406, 'NOT_ACCEPTABLE'])
    t.strictSame(await refused('/v1/positions/irn/irn-rus.uav/FACT', CSV), [406, 'NOT_ACCEPTABLE'])
    t.strictSame(await refused('/v1/positions?format=csv&cursor=x'), [400, 'CURSOR_INVALID'])
    t.strictSame(await refused('/v1/positions?format=csv&knownAt=2024-01-01T00:00:00Z'), [400, 'CLOCK_NEEDS_FILTER'])
    for (const accept of ['*/*', 'application/*', 'text/html, */*;q=0.1', 'application/json;q=0.5, image/png'])
      t.match((await get('/v1/positions?limit=1', { accept })).headers['content-type'], 'application/json', accept)
    const preferred = { accept: 'text/csv;q=0.5, application/json;q=0.4' }
    t.match((await get('/v1/positions', preferred)).headers['content-type'], 'text/csv')
  })
})

t.test('cells: formulas are none, and quotes, commas and line breaks are kept', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', 'a "b", c;d', 'one\r\ntwo\nthree', "L'été, Київ", "'=1", ' =1']
  const evidence = {
    report: 'report-003',
    published: '2022-12-02',
    said: '2022-12-02',
    fidelity: 'PARAPHRASE' as const,
  }
  const coding = { dossier: 'ukraine-war', speaker: 'irn', onBehalfOf: [], act: 'ASSERT' as const, stances: [] }
  const said = texts.map((gist, index) =>
    event('ledger.statement.recorded.v1', `cell-${index}`, { ...coding, gist, evidence: [evidence] }),
  )
  await ledger.record(...said)
  const rows = rowsOf((await ledger.get('/v1/statements?dossier=ukraine-war', CSV)).text)
  const served = rows.filter(({ id }) => id?.startsWith('cell-')).map(({ gist }) => gist)
  t.strictSame(
    served,
    texts.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)),
  )
  const items = linesOf<StatementResource>((await ledger.get('/v1/statements?speaker=irn&format=ndjson')).text)
  t.strictSame(
    items.filter(({ id }) => id.startsWith('cell-')).map(({ gist }) => gist),
    texts,
  )
})

t.test('compression: from a size on, as asked for, with a tag of its own', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const raw = (url: string, headers: Record<string, string>) => ledger.api.app.inject({ url, headers })
  const list = '/v1/changes?limit=100'
  const plain = await raw(list, {})
  t.equal(plain.headers['content-encoding'], undefined)
  t.equal(plain.headers.vary, 'Accept, Accept-Encoding')
  const tags = [plain.headers.etag]
  for (const [accepted, encoding, decoded] of [
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
  ] as const) {
    const headers = { 'accept-encoding': accepted }
    const answer = await raw(list, headers)
    t.equal(answer.headers['content-encoding'], encoding)
    t.equal(decoded(answer.rawPayload).toString(), plain.payload)
    tags.push(answer.headers.etag)
    const again = await raw(list, { ...headers, 'if-none-match': String(answer.headers.etag) })
    t.equal(again.statusCode, 304)
    t.equal(again.headers.etag, answer.headers.etag)
    t.equal((await raw(list, { ...headers, 'if-none-match': String(plain.headers.etag) })).statusCode, 200)
    const streamed = await raw('/v1/changes?format=csv', headers)
    t.equal(streamed.headers['content-encoding'], encoding)
    t.equal(decoded(streamed.rawPayload).toString(), (await ledger.get('/v1/changes?format=csv')).text)
  }
  t.equal(new Set(tags).size, 3, 'three representations, three tags')
  const small = await raw('/v1/positions/irn/irn-rus.uav/FACT', { 'accept-encoding': 'gzip, br' })
  t.equal(small.headers['content-encoding'], undefined, 'a small answer stays as it is')
  t.equal((await raw(list, { 'accept-encoding': 'identity, gzip;q=0.5' })).headers['content-encoding'], undefined)
  t.match((await raw(list, { 'accept-encoding': 'br;q=0, gzip' })).headers, { 'content-encoding': 'gzip' })
})

t.test('an empty list is a row of names, or nothing', async (t) => {
  const { get } = await openTestApi(t)
  t.equal((await get('/v1/changes?format=ndjson')).text, '')
  const [header = '', rest] = (await get('/v1/changes?format=csv')).text.split('\r\n')
  t.match(header, /^id,actor,dossier,matter,/)
  t.equal(rest, '')
})

t.teardown(dropTestTemplate)
