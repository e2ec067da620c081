import type { EventResource } from '#libs/contracts/event-resources.js'
import type { StatementResource } from '#libs/contracts/resources.js'
import { hashOfKey } from '#libs/http/api-keys.js'
import { event } from '#tests/services/projector/records.js'
import t from 'tap'
import { dropTestTemplate, openTestApi, seedEvents, type TestAnswer, type TestApi } from './test-api.js'

const code = (answer: TestAnswer): unknown => (answer.body as { code: string }).code
const tokenOf = (text: string): string => Buffer.from(text).toString('base64url')

t.test('reads of the seeds', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const { get } = ledger

  await t.test('a name, an alias and an id lead to one actor', async (t) => {
    for (const alias of ['Tehran', 'Iran', 'IRAN']) {
      const answer = await get(`/v1/positions/${alias}/irn-rus.uav/FACT`)
      t.equal(answer.status, 308)
      t.equal(answer.headers.location, '/v1/positions/irn/irn-rus.uav/FACT')
    }
    const history = await get('/v1/positions/Tehran/irn-rus.uav/FACT/history?limit=5')
    t.equal(history.headers.location, '/v1/positions/irn/irn-rus.uav/FACT/history?limit=5')
    t.equal((await get('/v1/actors/Tehran')).headers.location, '/v1/actors/irn')
    t.equal((await get('/v1/positions?actor=Tehran')).text, (await get('/v1/positions?actor=irn')).text)
  })

  await t.test('known without a position is null, unknown is 404 and says what', async (t) => {
    const none = await get('/v1/positions/gbr/isr-ukr/INTENT')
    t.equal(none.status, 200)
    t.match(none.body, { actor: 'gbr', dossier: 'ukraine-war', role: 'THIRD', value: null, standing: [] })
    t.match((await get('/v1/positions/gbr/isr-ukr/INTENT/history')).body, { items: [], next: null })
    for (const [path, pointer] of [
      ['nobody/isr-ukr/FACT', 'actor'],
      ['gbr/nothing/FACT', 'matter'],
      ['gbr/isr-ukr/MOOD', 'facet'],
    ]) {
      const answer = await get(`/v1/positions/${path}`)
      t.equal(answer.status, 404)
      t.match(answer.body, { code: 'POSITION_UNKNOWN', errors: [{ pointer }] })
    }
    t.equal(code(await get('/v1/statements/none')), 'STATEMENT_UNKNOWN')
    t.equal(code(await get('/v1/events/none')), 'EVENT_UNKNOWN')
    t.equal(code(await get('/v1/changes/00000000-0000-4000-8000-000000000000')), 'CHANGE_UNKNOWN')
    t.equal(code(await get('/v1/reports/none')), 'REPORT_UNKNOWN')
    t.equal(code(await get('/v1/matters/none')), 'MATTER_UNKNOWN')
  })

  await t.test('what was merged away leads to its survivor, which tells the disputed date', async (t) => {
    t.equal((await get('/v1/statements/uw-007')).headers.location, '/v1/statements/uw-008')
    const survivor = (await get('/v1/statements/uw-008')).body as StatementResource
    t.strictSame(survivor.mergedAway, ['uw-007'])
    t.equal(survivor.said.disputed, true)
    t.equal(survivor.corroboration, 3)
    const events = (await get('/v1/statements/uw-008/events')).body as { items: EventResource[] }
    t.strictSame(
      events.items.map(({ type, outcome }) => [type, outcome]),
      [
        ['ledger.statement.recorded.v1', 'applied'],
        ['ledger.statements.merged.v1', 'applied'],
      ],
    )
  })

  await t.test('an ETag of the bytes: 304 to who has them', async (t) => {
    for (const path of ['/v1/positions/irn/irn-rus.uav/FACT', '/v1/changes?limit=3', '/v1/actors/irn']) {
      const first = await get(path)
      const etag = first.headers.etag ?? ''
      t.match(etag, /^"[\w-]+"$/)
      t.equal(first.headers['cache-control'], 'no-cache')
      t.equal((await get(path, { 'if-none-match': etag })).status, 304)
      t.equal((await get(path, { 'if-none-match': `"other", W/${etag}` })).status, 304)
      t.equal((await get(path, { 'if-none-match': '"other"' })).status, 200)
    }
  })

  await t.test('filters choose', async (t) => {
    const positions = async (query: string) => await ledger.all<Record<string, unknown>>(`/v1/positions?${query}`)
    t.ok((await positions('entailed=true')).every((p) => p.entailedFrom !== null))
    t.ok((await positions('entailed=false&value=DENY')).every((p) => p.entailedFrom === null && p.value === 'DENY'))
    t.ok((await positions('facet=NORM&role=THIRD')).every((p) => p.facet === 'NORM' && p.role === 'THIRD'))
    t.strictSame(await positions('contested=true'), [])
    const statements = await ledger.all<StatementResource>('/v1/statements?from=2022-11-01&to=2022-11-30&act=ADMIT')
    t.ok(statements.some(({ id }) => id === 'uw-044'))
    t.ok(statements.every(({ said, act }) => said.latest.startsWith('2022-11') && act === 'ADMIT'))
    const ofIran = await ledger.all<StatementResource>('/v1/statements?actor=irn&dossier=ukraine-war')
    const ids = ofIran.map(({ id }) => id)
    t.ok(ids.includes('uw-044') && ids.includes('uw-051'), 'also what takes no stance')
    t.ok(ofIran.every(({ onBehalfOf }) => onBehalfOf.some(({ actor }) => actor === 'irn')))
    const narrower = await ledger.all<{ id: string }>('/v1/matters?broader=irn-rus')
    t.strictSame(
      narrower.map(({ id }) => id),
      ['irn-rus.missile', 'irn-rus.uav'],
    )
  })

  await t.test('stored text is what the renderers give, byte for byte', async (t) => {
    const { text } = await get('/v1/changes?limit=500')
    t.equal(JSON.stringify(JSON.parse(text)), text)
  })

  await t.test('a parameter that is not known, or not in its form, is refused', async (t) => {
    for (const [path, expected] of [
      ['/v1/positions?actr=irn', 'PARAMETER_UNKNOWN'],
      ['/v1/positions/irn/irn-rus.uav/FACT?limit=1', 'PARAMETER_UNKNOWN'],
      ['/v1/positions?limit=0', 'PARAMETER_INVALID'],
      ['/v1/positions?limit=501', 'PARAMETER_INVALID'],
      ['/v1/positions?facet=MOOD', 'PARAMETER_INVALID'],
      ['/v1/positions?actor=%00', 'PARAMETER_INVALID'],
      ['/v1/positions?contested=maybe', 'PARAMETER_INVALID'],
      ['/v1/positions?actor=irn&actor=isr', 'PARAMETER_INVALID'],
      ['/v1/statements?from=2022-13-01', 'PARAMETER_INVALID'],
      ['/v1/changes/not-a-uuid', 'PARAMETER_INVALID'],
    ]) {
      const answer = await get(path ?? '')
      t.equal(answer.status, 400, path ?? '')
      t.equal(code(answer), expected)
    }
  })
})

t.test('positions of a track whose fold fails are the last good ones, and say so', async (t) => {
  const { record, projector, get } = await openTestApi(t)
  await record(...seedEvents())
  const good = await get('/v1/positions/irn/irn-rus.uav/FACT')
  await projector.rows(`update track set stale_code = 'FOLD_FAILED' where actor = 'irn'`)
  const answer = await get('/v1/positions/irn/irn-rus.uav/FACT')
  t.strictSame(answer.body, { ...(good.body as object), stale: 'FOLD_FAILED' })
  t.match((await get('/v1/positions/irn/isr-ukr/INTENT')).body, { value: null, stale: 'FOLD_FAILED' })
  const { items } = (await get('/v1/positions?limit=500')).body as { items: { actor: string; stale: string | null }[] }
  t.ok(items.every(({ actor, stale }) => stale === (actor === 'irn' ? 'FOLD_FAILED' : null)))
  t.match((await get('/v1/status')).body, { staleTracks: 1 })
})

t.test('cursors', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  await t.test('walk a list of any page size, and stay good while more is written', async (t) => {
    for (const list of ['/v1/positions', '/v1/changes', '/v1/statements', '/v1/matters', '/v1/reports']) {
      const whole = await ledger.all<{ id?: string }>(list)
      const items: unknown[] = []
      let cursor = ''
      do {
        const page = (await ledger.get(`${list}?limit=3${cursor}`)).body as { items: unknown[]; next: string | null }
        items.push(...page.items)
        cursor = page.next === null ? '' : `&cursor=${page.next}`
      } while (cursor !== '')
      t.strictSame(items, whole, list)
    }
  })
  await t.test('go with every filter at once, one more or one less', async (t) => {
    const { get } = ledger
    const { next } = (await get('/v1/changes?limit=1')).body as { next: string }
    const all =
      'actor=irn&dossier=ukraine-war&matter=irn-rus.uav&facet=FACT&kind=REVERSAL&from=2022-01-01&to=2022-12-31&reversesEarlier=true'
    const paths = ['', '&includeRevoked=true', `&cursor=${next}`, `&includeRevoked=true&cursor=${next}`].flatMap(
      (more) => [`/v1/changes?${all}${more}`, `/v1/changes?${all.replace('&reversesEarlier=true', '')}${more}`],
    )
    for (const path of [...paths, ...paths]) {
      const usual = await get(path)
      t.equal(usual.status, 200, `${path} ${usual.text.slice(0, 200)}`)
      t.equal(usual.text, (await get(`${path}&limit=51`)).text, 'whether or not it is prepared')
    }
  })

  await t.test('that were tampered with, or are of another list, are refused', async (t) => {
    const { next } = (await ledger.get('/v1/changes?limit=1')).body as { next: string }
    const forged = [
      'x',
      '%00',
      tokenOf('[]'),
      tokenOf('["changes"]'),
      tokenOf('["changes","d","2022-13-01","b","1","00000000-0000-4000-8000-000000000000"]'),
      tokenOf('["changes","a\\u0000","2022-12-01","b","1","00000000-0000-4000-8000-000000000000"]'),
      tokenOf('["changes","d","2022-12-01","b","1e9","00000000-0000-4000-8000-000000000000"]'),
      `${next}AAAA`,
    ]
    for (const cursor of forged)
      t.match((await ledger.get(`/v1/changes?cursor=${cursor}`)).text, /CURSOR_INVALID|PARAMETER_INVALID/, cursor)
    t.equal(code(await ledger.get(`/v1/positions?cursor=${next}`)), 'CURSOR_INVALID')
  })
})

t.test('Ledger-After', async (t) => {
  const ledger = await openTestApi(t, { follows: true, environment: { API_LEDGER_AFTER_MS_MAX: '300' } })
  await ledger.record(...seedEvents())
  const path = '/v1/events/late-event'
  const records = ledger.log.append(
    event('ledger.statement.voided.v1', 'uw-044', { dossier: 'ukraine-war', reason: 'test' }, 'late-event'),
  )
  const [record] = records
  const token = tokenOf(`s${record?.partition}.${record?.offset},g0.0`)

  await t.test('answers 503 while what it names is not read', async (t) => {
    const answer = await ledger.get(path, { 'ledger-after': token })
    t.equal(answer.status, 503)
    t.equal(code(answer), 'NOT_YET_VISIBLE')
    t.equal(answer.headers['retry-after'], '1')
  })
  await t.test('waits until it is, and the answer covers it', async (t) => {
    const waiting = ledger.get(path, { 'ledger-after': token })
    await ledger.projector.project(records)
    const answer = await waiting
    t.equal(answer.status, 200)
    t.match(answer.body, { outcome: 'applied', subject: 'uw-044' })
    t.match((await ledger.get('/v1/statements/uw-044')).body, { voided: { reason: 'test', event: 'late-event' } })
  })
  await t.test('is refused where it is no token', async (t) => {
    for (const wrong of ['', '!', tokenOf('x0.1'), tokenOf('s1'), tokenOf(`s0.${'9'.repeat(30)}`)])
      t.equal(code(await ledger.get(path, { 'ledger-after': wrong })), 'TOKEN_INVALID', wrong)
  })
})

t.test('keys', async (t) => {
  const key = 'ledger_test'
  const issue = async ({ record, api }: TestApi) => {
    await record(
      event('ledger.key.issued.v1', 'key-1', { account: 'ops', hash: hashOfKey(key), scopes: ['read', 'operate'] }),
    )
    await api.registry.refresh(api.reads)
  }
  await t.test('the quarantine is for operators', async (t) => {
    const ledger = await openTestApi(t)
    const early = await ledger.get('/v1/quarantine', { authorization: `Bearer ${key}` })
    t.equal(code(early), 'NOT_READY', 'nobody is told that a key is invalid before the keys are known')
    await issue(ledger)
    ledger.log.put('statements', 0, 'any', 'not JSON')
    await ledger.projector.project(ledger.log.records.slice(-1))
    t.equal(code(await ledger.get('/v1/quarantine')), 'KEY_MISSING')
    t.equal(code(await ledger.get('/v1/quarantine', { authorization: 'Bearer wrong' })), 'KEY_INVALID')
    const answer = await ledger.get('/v1/quarantine', { authorization: `Bearer ${key}` })
    t.match(answer.body, {
      items: [{ id: null, topic: 'ledger.statements.v1', partition: 0, offset: '0', code: 'JSON_INVALID' }],
    })
  })
  await t.test('reading needs one where the operator says so, and a revoked one is none', async (t) => {
    const ledger = await openTestApi(t, { environment: { API_READ_ACCESS: 'key' } })
    await issue(ledger)
    t.equal((await ledger.get('/v1/actors')).status, 401)
    t.equal((await ledger.get('/v1/actors', { 'x-api-key': key })).status, 200)
    await ledger.record(event('ledger.key.revoked.v1', 'key-1', {}))
    await ledger.api.registry.refresh(ledger.api.reads)
    t.equal(code(await ledger.get('/v1/actors', { 'x-api-key': key })), 'KEY_INVALID')
  })
})

t.teardown(dropTestTemplate)
