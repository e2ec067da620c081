import type { ChangeResource } from '#libs/contracts/resources.js'
import { CHANGES_CURSOR, LIST_CHANGES } from '#services/api/changes/list-changes.sql.js'
import { openPageReader } from '#services/api/reads/page-reader.js'
import type { LedgerReads } from '#services/api/reads/snapshot.js'
import { registryEvents, statementEvents } from '#tests/services/projector/generated-events.js'
import { event } from '#tests/services/projector/records.js'
import t from 'tap'
import { promoteCopy } from './promote-copy.js'
import { dropTestTemplate, openTestApi, seedEvents, type TestApi } from './test-api.js'

/** Enough for some pages of each actor and dossier. */
const WORLD = { actors: 4, dossiers: 3, mattersPerDossier: 20 }
const STATEMENTS = 1_500
const dossier = 'ukraine-war'

interface Page {
  readonly items: readonly object[]
  readonly next: string | null
}

/** Addresses of all pages of a list, as a caller without `limit` finds them. */
const addressesOf = async ({ get }: TestApi, list: string): Promise<string[]> => {
  const addresses = [list]
  for (;;) {
    const { next } = (await get(addresses.at(-1) ?? list)).body as Page
    if (next === null) return addresses
    addresses.push(`${list}${list.includes('?') ? '&' : '?'}cursor=${next}`)
  }
}

t.test('pages that are asked for at once are those that are asked for one by one', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...registryEvents(WORLD), ...statementEvents(WORLD, { count: STATEMENTS, seed: 3 }))
  const lists = [
    '/v1/positions',
    '/v1/positions?actor=actor-0',
    '/v1/positions?actor=actor-1',
    '/v1/positions?actor=nobody',
    '/v1/changes',
    '/v1/changes?dossier=dossier-0',
    '/v1/changes?dossier=dossier-1',
    '/v1/changes?dossier=none',
  ]
  const expected = new Map<string, object[]>()
  for (const list of lists) {
    // pages of another length are read one by one
    const all = await ledger.all<object>(list)
    for (const [index, address] of (await addressesOf(ledger, list)).entries())
      expected.set(address, all.slice(index * 50, index * 50 + 50))
  }
  t.ok(expected.size > 30, `${expected.size} pages`)
  const addresses = [...expected.keys()]
  const first = await Promise.all(addresses.map((address) => ledger.get(address)))
  const again = await Promise.all(addresses.toReversed().map((address) => ledger.get(address)))
  for (const [index, address] of addresses.entries()) {
    t.strictSame((first[index]?.body as unknown as Page).items, expected.get(address), address)
    t.strictSame(again.at(-1 - index)?.text, first[index]?.text, address)
    const csv = await ledger.get(`${address}${address.includes('?') ? '&' : '?'}limit=50&format=csv`)
    t.equal(csv.text.split('\r\n').length - 2, expected.get(address)?.length, `${address} as CSV`)
    t.equal(again.at(-1 - index)?.headers['etag'], first[index]?.headers['etag'], address)
  }
})

t.test('a cursor that no column takes is refused, and takes no other page with it', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const odd = ['changes', 'x', '0000-01-01', 'x', '-999999999', '00000000-0000-4000-8000-000000000000']
  const cursor = Buffer.from(JSON.stringify(odd)).toString('base64url')
  const { next } = (await ledger.get('/v1/changes?limit=1')).body as { next: string }
  const [refused, ...others] = await Promise.all(
    [cursor, next, next].map((cursor) => ledger.get(`/v1/changes?cursor=${cursor}`)),
  )
  t.match(refused, { status: 400, text: /CURSOR_INVALID/ })
  t.strictSame(
    others.map(({ status }) => status),
    [200, 200],
  )
})

/** The first page, which is put together from what is remembered, and the same from a page of another length. */
const firstPages = async ({ get }: TestApi): Promise<[remembered: object, anew: object]> => {
  const [page, longer] = [await get('/v1/changes'), await get('/v1/changes?limit=500')]
  return [(page.body as Page).items, (longer.body as Page).items.slice(0, 50)]
}

t.test('what is remembered of a change is not shown once the change is otherwise, revoked or taken down', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const same = async (after: string): Promise<ChangeResource[]> => {
    const [remembered, anew] = await firstPages(ledger)
    t.strictSame(remembered, anew, after)
    return remembered as ChangeResource[]
  }
  const before = await same('as it was recorded')
  t.match(
    before.find(({ statement }) => statement === 'uw-044'),
    { matter: 'irn-rus.uav', to: 'ADMIT_PARTIAL', revision: 1 },
  )
  const { codingEvent } = (await ledger.get('/v1/statements/uw-044')).body as { codingEvent: string }
  const coding = { stances: [{ matter: 'irn-rus.uav', facet: 'FACT' as const, value: 'AFFIRM' as const }] }
  const corrected = { dossier, basedOn: codingEvent, coding, reason: 'all of it' }
  await ledger.record(event('ledger.statement.corrected.v1', 'uw-044', corrected))
  t.match(
    (await same('corrected')).find(({ statement }) => statement === 'uw-044'),
    { to: 'AFFIRM', revision: 2 },
  )
  await ledger.record(event('ledger.statement.voided.v1', 'uw-044', { dossier, reason: 'a mistake' }))
  t.notMatch(JSON.stringify(await same('voided')), /uw-044/)
  const { statement = '' } = (await same('read again'))[0] ?? {}
  await ledger.record(event('ledger.statement.suppressed.v1', statement, { dossier, reason: 'PRIVACY' }))
  t.notMatch(JSON.stringify(await same('taken down')), new RegExp(`"${statement}"`))
})

t.test('what is remembered of a generation is not shown of another', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  await firstPages(ledger)
  await promoteCopy(ledger.projector.client, 2)
  // as if other code had folded it: the same ids and revisions, another content
  await ledger.projector.client.query('update generation_2.change set reverses_earlier = not reverses_earlier')
  const [remembered, anew] = await firstPages(ledger)
  t.strictSame(remembered, anew)
})

t.test('a page of changes that is remembered is one query, without bodies', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const asked: string[] = []
  const reads: LedgerReads = {
    ...ledger.api.reads,
    query: (query, values) => {
      asked.push(query.text('schema'))
      return ledger.api.reads.query(query, values)
    },
  }
  const pages = openPageReader(reads)
  const read = async () => {
    const { body, items, count, next } = await pages.read(LIST_CHANGES, CHANGES_CURSOR, {
      filters: { revoked: false },
      limit: 50,
    })
    return { body, items, count, next }
  }
  const first = await read()
  t.equal(asked.length, 2)
  t.strictSame(await read(), first, 'put together from its items')
  t.strictSame(await read(), first, 'as it was sent')
  t.strictSame(JSON.parse(`[${first.items}]`), (JSON.parse(first.body) as Page).items)
  t.equal(asked.length, 4)
  t.notMatch(asked.slice(2).join(), /validFrom/)
})

t.teardown(dropTestTemplate)
