import t from 'tap'
import type { FeedItem } from '#libs/contracts/change-feed.js'
import type { ChangeResource, ConflictResource } from '#libs/contracts/resources.js'
import { registryEvents, statementEvents } from '#tests/services/projector/generated-events.js'
import { event } from '#tests/services/projector/records.js'
import { dropTestTemplate, openTestApi } from '../test-api.js'
import { linesOf, rowsOf } from '../read-exports.js'
import { numberAll } from './number-all.js'

t.setTimeout(120_000) // a bound for a busy machine

const WORLD = { actors: 3, dossiers: 2, mattersPerDossier: 2 }
/** More announcements than an export has in memory at a time. */
const STATEMENTS = statementEvents(WORLD, { count: 900, seed: 5 })

t.test('the feed by number as NDJSON and CSV', async (t) => {
  const ledger = await openTestApi(t)
  const { get } = ledger
  await ledger.record(...registryEvents(WORLD), ...STATEMENTS)
  await numberAll(ledger)
  const feed = async (query = ''): Promise<FeedItem[]> => {
    const items: FeedItem[] = []
    for (let next = '0'; ;) {
      const page = (await get(`/v1/changes?after=${next}&limit=500${query}`)).body as {
        items: FeedItem[]
        next: string
        more: boolean
      }
      items.push(...page.items)
      if (!page.more) return items
      next = page.next
    }
  }

  await t.test('without a limit both are all of it, however they are asked for', async (t) => {
    const all = await feed()
    t.ok(all.length > 500, `${all.length} announcements`)
    const ndjson = await get('/v1/changes?after=0', { accept: 'application/x-ndjson' })
    t.match(ndjson.headers, { 'content-type': /x-ndjson/, 'content-disposition': 'attachment; filename="feed.ndjson"' })
    t.strictSame(linesOf<FeedItem>(ndjson.text), all)
    t.equal((await get('/v1/changes?after=0&format=ndjson')).text, ndjson.text)
    const csv = await get('/v1/changes?after=0', { accept: 'text/csv' })
    t.match(csv.headers, { 'content-type': /text\/csv/, 'content-disposition': 'attachment; filename="feed.csv"' })
    const rows = rowsOf(csv.text)
    t.strictSame(
      rows.map(({ number, event }) => [number, event]),
      all.map(({ number, event }) => [String(number), event]),
    )
    t.equal((await get('/v1/changes?after=0&format=csv')).text, csv.text)
    const filter = '&actor=ACTOR 1&event=conflict.opened'
    t.strictSame(linesOf<FeedItem>((await get(`/v1/changes?after=0&format=ndjson${filter}`)).text), await feed(filter))
    const rest = all.slice(600)
    t.strictSame(linesOf<FeedItem>((await get(`/v1/changes?after=600&format=ndjson`)).text), rest)
  })

  await t.test('a row has what the item has, of a change and of a conflict', async (t) => {
    const all = await feed()
    const rows = rowsOf((await get('/v1/changes?after=0&format=csv')).text)
    const of = (event: string) => all.findIndex((item) => item.event === event)
    const { change } = all[of('change.asserted')] as { change: ChangeResource }
    const { id, actor, statement, matter, to } = change
    t.match(rows[of('change.asserted')], {
      ...{ id, actor, statements: statement, matters: matter, from: '', to: to ?? '', settledBy: '' },
      ...{ revision: String(change.revision), revoked: 'false', takenDown: '' },
    })
    const { conflict } = all[of('conflict.opened')] as { conflict: ConflictResource }
    const lists = { matters: conflict.matters.join(' '), statements: conflict.statements.join(' ') }
    t.match(rows[of('conflict.opened')], { id: conflict.id, ...lists, settledBy: '', to: '', kind: conflict.kind })
  })

  await t.test('with a limit a page, which leads to the next even where there is none yet', async (t) => {
    const all = await feed()
    const page = await get('/v1/changes?after=7&limit=3&format=ndjson')
    t.strictSame(linesOf<FeedItem>(page.text), all.slice(7, 10))
    t.match(page.headers.link, /\/v1\/changes\?after=10&limit=3&format=ndjson>; rel="next"/)
    const csv = await get('/v1/changes?after=7&limit=3', { accept: 'text/csv' })
    t.strictSame(
      rowsOf(csv.text).map(({ number }) => number),
      ['8', '9', '10'],
    )
    const last = `/v1/changes?after=${all.length}&limit=3&format=csv`
    const none = await get(last)
    t.strictSame(rowsOf(none.text), [])
    t.match(none.headers.link, new RegExp(`after=${all.length}&`))
    t.equal((await get(last, { 'if-none-match': String(none.headers.etag) })).status, 304)
  })

  await t.test('HEAD, other types and numbers ahead are as for the other lists', async (t) => {
    for (const url of ['/v1/changes?after=0&format=csv', '/v1/changes?after=0&format=ndjson&limit=2']) {
      const head = await ledger.api.app.inject({ method: 'HEAD', url })
      t.equal(head.statusCode, 200, url)
      t.equal(head.payload, '', url)
    }
    t.equal((await get('/v1/changes?after=0', { accept: 'image/png' })).status, 406)
    t.match((await get('/v1/changes?after=99999&format=csv')).body, { code: 'NUMBER_AHEAD' })
    t.match((await get('/v1/changes?after=0&format=csv&cursor=abc')).body, { code: 'PARAMETER_INVALID' })
  })

  await t.test('what was taken down is a line without content', async (t) => {
    const told = (await feed('&event=change.asserted'))[0] as { change: ChangeResource }
    const { id, statement, dossier } = told.change
    const suppressed = { dossier, reason: 'PRIVACY' } as const
    await ledger.record(event('ledger.statement.suppressed.v1', statement, suppressed))
    await numberAll(ledger)
    const csv = await get('/v1/changes?after=0&format=csv')
    t.notMatch(csv.text, new RegExp(`[ ,]${statement}[ ,]`))
    const row = rowsOf(csv.text).find((row) => row.id === id && row.event === 'change.revoked')
    t.match(row, { actor: '', statements: '', kind: '', revision: '2', revoked: 'true', takenDown: 'true' })
    t.strictSame(linesOf<FeedItem>((await get('/v1/changes?after=0&format=ndjson')).text), await feed())
  })
})

t.teardown(dropTestTemplate)
