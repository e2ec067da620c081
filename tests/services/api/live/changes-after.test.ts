import t from 'tap'
import { FeedPage, type FeedItem } from '#libs/contracts/change-feed.js'
import { statementEvents, registryEvents } from '#tests/services/projector/generated-events.js'
import { dropTestTemplate, openTestApi, type TestApi } from '../test-api.js'
import { numberAll } from './number-all.js'

t.setTimeout(120_000) // a bound for a busy machine

const WORLD = { actors: 3, dossiers: 2, mattersPerDossier: 2 }
const STATEMENTS = statementEvents(WORLD, { count: 90, seed: 2 })

interface Page {
  readonly items: FeedItem[]
  readonly next: string
  readonly more: boolean
}
const pageOf = async ({ get }: TestApi, query: string): Promise<Page> => {
  const answer = await get(`/v1/changes?${query}`)
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

t.test('the feed by number', async (t) => {
  const ledger = await openTestApi(t, { environment: { API_LEDGER_AFTER_MS_MAX: '5000' } })
  await ledger.record(...registryEvents(WORLD), ...STATEMENTS.slice(0, 60))
  t.strictSame(await pageOf(ledger, 'after=0'), { items: [], next: '0', more: false }, 'nothing has a number yet')
  await numberAll(ledger)

  await t.test('from 0 it is all of it, page by page; next is what to keep', async (t) => {
    const numbers: number[] = []
    for (
      let page = await pageOf(ledger, 'after=0&limit=7');
      ;
      page = await pageOf(ledger, `after=${page.next}&limit=7`)
    ) {
      FeedPage.parse(page)
      t.ok(page.items.length <= 7)
      numbers.push(...page.items.map(({ number }) => number))
      t.equal(page.next, String(numbers.length))
      if (!page.more) break
    }
    t.ok(numbers.length > 50)
    t.strictSame(
      numbers,
      numbers.map((_, index) => index + 1),
    )
  })

  await t.test('where there is nothing new it is the same, and 304; then only what is new', async (t) => {
    const { items } = await pageOf(ledger, 'after=0&limit=500')
    const last = items.length
    const idle = await ledger.get(`/v1/changes?after=${last}`)
    t.strictSame(idle.body, { items: [], next: String(last), more: false })
    const again = await ledger.get(`/v1/changes?after=${last}`, { 'if-none-match': String(idle.headers.etag) })
    t.equal(again.status, 304)
    await ledger.record(...STATEMENTS.slice(60, 75))
    await numberAll(ledger)
    const news = await ledger.get(`/v1/changes?after=${last}`, { 'if-none-match': String(idle.headers.etag) })
    t.equal(news.status, 200)
    t.equal((news.body as Page).items[0]?.number, last + 1)
  })

  await t.test('a filter that fits nothing moves on all the same', async (t) => {
    const { items } = await pageOf(ledger, 'after=0&limit=500')
    t.strictSame(await pageOf(ledger, 'after=0&actor=nobody'), { items: [], next: String(items.length), more: false })
    const onFact = items.filter((item) => 'change' in item && 'facet' in item.change && item.change.facet === 'FACT')
    const asserted = onFact.filter(({ event }) => event === 'change.asserted')
    const page = await pageOf(ledger, 'after=0&facet=FACT&event=change.asserted&limit=3')
    t.strictSame(page.items, asserted.slice(0, 3))
    t.equal(page.next, String(asserted[2]?.number), 'it goes on behind the last one given, not the last one seen')
    t.ok(page.more)
    const named = await pageOf(ledger, 'after=0&actor=ACTOR 1&limit=500')
    t.strictSame(named, await pageOf(ledger, 'after=0&actor=actor-1&limit=500'), 'names resolve')
    t.not(named.items.length, 0)
  })

  await t.test('what does not go together is refused', async (t) => {
    for (const [query, code] of [
      ['after=99999', 'NUMBER_AHEAD'],
      ['after=-1', 'PARAMETER_INVALID'],
      ['after=', 'PARAMETER_INVALID'],
      ['after=0&cursor=abc', 'PARAMETER_INVALID'],
      ['after=0&asOf=2022-01-01', 'PARAMETER_INVALID'],
      ['after=0&includeRevoked=true', 'PARAMETER_INVALID'],
      ['event=change.asserted', 'PARAMETER_INVALID'],
      ['after=0&event=change.lost', 'PARAMETER_INVALID'],
    ] as const) {
      const refused = await ledger.get(`/v1/changes?${query}`)
      t.equal(refused.status, 400, query)
      t.match(refused.body, { code }, query)
    }
  })

  await t.test('with Ledger-After it waits until what was written has its number', async (t) => {
    const { items } = await pageOf(ledger, 'after=0&limit=500')
    await ledger.record(...STATEMENTS.slice(75))
    const token = Buffer.from('g0.0').toString('base64url')
    const waiting = ledger.get(`/v1/changes?after=${items.length}`, { 'ledger-after': token })
    await numberAll(ledger)
    const answer = await waiting
    t.equal(answer.status, 200)
    t.not((answer.body as Page).items.length, 0)

    const impatient = await openTestApi(t, { environment: { API_LEDGER_AFTER_MS_MAX: '0' } })
    await impatient.record(...registryEvents(WORLD), ...STATEMENTS.slice(0, 5))
    const late = await impatient.get('/v1/changes?after=0', { 'ledger-after': token })
    t.equal(late.status, 503)
    t.match(late.body, { code: 'NOT_YET_VISIBLE' })
  })
})

t.test('without a Kafka there is no stream, and all else', async (t) => {
  const ledger = await openTestApi(t)
  const refused = await ledger.get('/v1/changes/stream')
  t.equal(refused.status, 503)
  t.match(refused.body, { code: 'NOT_READY' })
})

t.teardown(dropTestTemplate)
