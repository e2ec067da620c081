import type { ChangeResource, MatrixResource, PositionResource } from '#libs/contracts/resources.js'
import { MatrixResource as MatrixSchema } from '#libs/contracts/resources.js'
import { event } from '#tests/services/projector/records.js'
import { parse } from 'csv-parse/sync'
import { XMLParser } from 'fast-xml-parser'
import { SyntaxValidator } from 'fast-xml-validator'
import t, { type Test } from 'tap'
import { dropTestTemplate, openTestApi, seedEvents, type TestApi } from './test-api.js'

const MATRIX = '/v1/matrix?dossier=ukraine-war&facet=FACT'
const FEED = '/v1/dossiers/ukraine-war/changes.atom'

t.test('the matrix has each position in its cell', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  await ledger.reachEnd()
  const until = new Date(ledger.log.records.at(-1)?.timestampMs ?? 0).toISOString()
  const pins = `&asOf=2022-12-03&publicAt=2022-12-31&knownAt=${until}`
  for (const clock of ['', '&asOf=2022-10-25', pins]) {
    const answer = await ledger.get(MATRIX + clock)
    const matrix = MatrixSchema.parse(answer.body)
    const positions = await ledger.all<PositionResource>(`/v1/positions?dossier=ukraine-war&facet=FACT${clock}`)
    const cells = matrix.rows.flatMap(({ actor, cells }) =>
      cells.flatMap((cell, column) => (cell === null ? [] : [{ actor, matter: matrix.matters[column], ...cell }])),
    )
    t.strictSame(
      cells,
      positions.map(({ actor, matter, value, statement, authority, validFrom, entailedFrom, contestedBy }) => ({
        ...{ actor, matter, value, statement, authority, validFrom, entailedFrom },
        contested: contestedBy.length > 0,
      })),
      clock,
    )
    t.match(answer.headers['cache-control'], clock === pins ? /immutable/ : 'no-cache')
    const rows: string[][] = parse((await ledger.get(MATRIX + clock, { accept: 'text/csv' })).text)
    t.strictSame(rows[0], ['actor', ...matrix.matters])
    t.strictSame(
      rows.slice(1),
      matrix.rows.map(({ actor, cells }) => [actor, ...cells.map((cell) => cell?.value ?? '')]),
    )
  }
  const narrow = (await ledger.get(`${MATRIX}&matter=irn-rus&includeNarrower=true&minAuthority=PRINCIPAL`))
    .body as MatrixResource
  t.ok(narrow.matters.length > 0 && narrow.matters.every((matter) => matter.startsWith('irn-rus')))
  t.match((await ledger.get('/v1/matrix?dossier=nothing&facet=FACT')).body, { status: 404, code: 'DOSSIER_UNKNOWN' })
  t.match((await ledger.get('/v1/matrix?dossier=ukraine-war')).body, { status: 400, code: 'PARAMETER_INVALID' })
  t.equal((await ledger.get(`${MATRIX}&format=ndjson`)).status, 400)
})

t.test('a statement as a schema.org Claim', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const answer = await ledger.get('/v1/statements/uw-044', { accept: 'application/ld+json' })
  t.equal(answer.headers['content-type'], 'application/ld+json; charset=utf-8')
  t.match(answer.body, {
    '@context': 'https://schema.org',
    '@type': 'Claim',
    '@id': /\/v1\/statements\/uw-044$/,
    identifier: 'uw-044',
    text: /limited number of drones/,
    author: { '@type': 'Person', name: /Amir-?\s?Abdollahian/i },
    sourceOrganization: [{ name: 'Iran' }],
    about: [{ '@id': /irn-rus\.uav$/ }],
    temporalCoverage: '2022-10-24/2022-11-27',
    appearance: [{ '@type': 'Report', publisher: { '@type': 'Organization' } }],
  })
  t.equal((await ledger.get('/v1/statements/uw-044?format=jsonld')).text, answer.text)
  t.equal(
    (await ledger.get('/v1/statements/uw-007?format=jsonld')).headers.location,
    '/v1/statements/uw-008?format=jsonld',
  )
  await ledger.record(event('ledger.statement.suppressed.v1', 'uw-044', { dossier: 'ukraine-war', reason: 'test' }))
  t.equal((await ledger.get('/v1/statements/uw-044?format=jsonld')).status, 410)
})

interface Entry {
  id: string
  title: string
  updated: string
  link: { rel: string; href: string }[]
}
interface FeedPage {
  id: string
  title: string
  updated: string
  link: { rel: string; href: string }[]
  entry?: Entry[]
}

const feedOf = async (t: Test, { get }: TestApi, path: string): Promise<FeedPage> => {
  const { text, headers } = await get(path)
  t.equal(headers['content-type'], 'application/atom+xml')
  t.equal(SyntaxValidator.validate(text), true)
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => ['entry', 'link'].includes(name),
  })
  const { feed } = parser.parse(text) as { feed: FeedPage & { xmlns: string } }
  t.equal(feed.xmlns, 'http://www.w3.org/2005/Atom')
  for (const one of [feed, ...(feed.entry ?? [])]) {
    t.ok(one.id && one.title && !Number.isNaN(Date.parse(one.updated)), one.id)
    t.ok(one.link.some(({ rel }) => rel === 'alternate'))
  }
  return feed
}

t.test("a dossier's changes as an Atom feed", async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const changes = await ledger.all<ChangeResource>('/v1/changes?dossier=ukraine-war')
  const entries: Entry[] = []
  let path = `${FEED}?limit=20`
  for (let page = 0; page < 20 && path !== ''; page++) {
    const feed = await feedOf(t, ledger, path)
    entries.push(...(feed.entry ?? []))
    const next = feed.link.find(({ rel }) => rel === 'next')
    path = next === undefined ? '' : new URL(next.href).pathname + new URL(next.href).search
  }
  t.strictSame(entries.map(({ id }) => id).sort(), changes.map(({ id }) => `urn:uuid:${id}`).sort())
  t.strictSame(
    entries.map(({ updated }) => updated),
    entries
      .map(({ updated }) => updated)
      .sort()
      .reverse(),
  )
  const admission = entries.find(({ title }) => /Iran on .*FACT: DENY to ADMIT_PARTIAL \(REVERSAL\)/.test(title))
  t.ok(admission)

  await t.test('what is made untrue comes first, as the same entry; what was taken down is gone', async (t) => {
    await ledger.record(
      event('ledger.dossier.revised.v1', 'ukraine-war', { title: 'Arms & <war> "2022"' }),
      event('ledger.statement.voided.v1', 'uw-044', { dossier: 'ukraine-war', reason: 'test' }),
    )
    const feed = await feedOf(t, ledger, `${FEED}?limit=500`)
    t.match(feed.title, /Arms &(amp;)? (<|&lt;)war/)
    const revoked = feed.entry?.find(({ id }) => id === admission?.id)
    t.match(revoked?.title, /^Revoked: /)
    t.equal(feed.updated, feed.entry?.[0]?.updated)
    t.ok((revoked?.updated ?? '') > (admission?.updated ?? ''))
    await ledger.record(event('ledger.statement.suppressed.v1', 'uw-044', { dossier: 'ukraine-war', reason: 'test' }))
    const after = await feedOf(t, ledger, `${FEED}?limit=500`)
    t.notOk(after.entry?.some(({ id }) => id === admission?.id))
  })
  const { headers } = await ledger.get(FEED)
  t.equal((await ledger.get(FEED, { 'if-none-match': headers.etag ?? '' })).status, 304)
  t.match((await ledger.get('/v1/dossiers/nothing/changes.atom')).body, { status: 404, code: 'DOSSIER_UNKNOWN' })
  t.match((await ledger.get(`${FEED}?cursor=abc`)).body, { code: 'CURSOR_INVALID' })
  t.equal((await ledger.get(FEED, { accept: 'application/json' })).status, 406)
})

t.teardown(dropTestTemplate)
