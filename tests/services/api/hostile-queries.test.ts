import t from 'tap'
import { dropTestTemplate, openTestApi, seedEvents } from './test-api.js'

interface Operation {
  readonly parameters?: readonly { name: string; in: string }[]
}
type Paths = Record<string, { get?: Operation }>

/** What a column of text, a number, a date or JavaScript itself might trip over. */
const HOSTILE = [
  'a%00b',
  '%ED%A0%80',
  "'%3Bselect%201--",
  '__proto__',
  '99999999999999999999',
  '%5C',
  '0000-01-01',
  '0000-01-01T00:00:00Z',
  'x'.repeat(600),
  '',
]

t.setTimeout(120_000) // a bound for a busy machine

t.test('no value of any parameter of any operation is a failure of ours', async (t) => {
  const { record, get } = await openTestApi(t)
  await record(...seedEvents())
  const { paths } = (await get('/openapi.json')).body as { paths: Paths }
  for (const [path, { get: operation }] of Object.entries(paths)) {
    // the stream never ends, and its parameters are those of /v1/changes; the quarantine asks for a key first
    if (path.endsWith('/stream') || path === '/v1/quarantine') continue
    const filled = path.replaceAll(/\{\w+\}/g, 'x')
    const addresses = HOSTILE.map((value) => path.replaceAll(/\{\w+\}/g, value || '%20'))
    for (const { name } of operation?.parameters?.filter((parameter) => parameter.in === 'query') ?? []) {
      addresses.push(...HOSTILE.map((value) => `${filled}?${name}=${value}`), `${filled}?${name}=1&${name}=2`)
    }
    for (const address of addresses) {
      const { status, text } = await get(address)
      const about = `${address.slice(0, 120)}: ${status} ${text.slice(0, 200)}`
      if (status >= 500) t.fail(about)
      if (status >= 400 && !/"code":"[A-Z_]+"/.test(text)) t.fail(about)
    }
    const repeated = operation?.parameters?.find((parameter) => parameter.in === 'query')
    if (repeated) t.match(await get(`${filled}?${repeated.name}=1&${repeated.name}=2`), { status: 400 }, path)
  }
})

t.test('a cursor is taken by the list that gave it, and as it was given', async (t) => {
  const { record, get } = await openTestApi(t)
  await record(...seedEvents())
  const { next } = (await get('/v1/positions?limit=1')).body as { next: string }
  t.equal((await get(`/v1/positions?limit=1&cursor=${next}`)).status, 200)
  for (const list of ['changes', 'conflicts', 'statements', 'actors', 'reports'])
    t.match(await get(`/v1/${list}?cursor=${next}`), { status: 400, text: /CURSOR_INVALID/ }, list)
  for (let at = 0; at < next.length; at += 3) {
    const flipped = `${next.slice(0, at)}${next[at] === 'A' ? 'B' : 'A'}${next.slice(at + 1)}`
    const { status, text } = await get(`/v1/positions?cursor=${flipped}`)
    t.ok(status === 200 || (status === 400 && text.includes('CURSOR_INVALID')), `${status} ${text.slice(0, 100)}`)
  }
  t.match(await get(`/v1/positions?cursor=${'A'.repeat(3_000)}`), { status: 400 })
})

t.test('a read that Postgres cancels is TIMED_OUT', async (t) => {
  const { api } = await openTestApi(t, { environment: { DATABASE_STATEMENT_MS_MAX: '100' } })
  const sleep = { text: () => 'select 1 as live, pg_sleep(60)' }
  await t.rejects(api.reads.query(sleep, []), { code: 'TIMED_OUT' })
  await t.rejects(
    api.reads.snapshot((snapshot) => snapshot.rows(sleep.text)),
    { code: 'TIMED_OUT' },
  )
})

t.teardown(dropTestTemplate)
