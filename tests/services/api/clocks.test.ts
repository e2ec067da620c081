import type { ChangeResource, ConditionResource, DisputeResource, PositionResource } from '#libs/contracts/resources.js'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { dropTestTemplate, openTestApi, seedEvents, type TestApi } from './test-api.js'
import { event } from '#tests/services/projector/records.js'

const IRAN_ON_UAV = '/v1/positions/irn/irn-rus.uav/FACT'
const LAST_INSTANT = '2024-12-31T00:00:00Z'

t.test('reads on other clocks, of the seeds', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  await ledger.reachEnd()

  await t.test('Iran on the drones: denied, admitted in part, and what may have been said by then', async (t) => {
    const at = async (query: string) => (await ledger.get(`${IRAN_ON_UAV}?${query}`)).body as PositionResource
    t.match(await at('asOf=2022-10-25'), { value: 'DENY', statement: 'uw-027', possible: ['uw-044'] })
    t.match(await at('asOf=2022-11-28'), { value: 'ADMIT_PARTIAL', statement: 'uw-044', possible: [] })
    t.match(await at('asOf=2022-12-03'), { value: 'ADMIT_PARTIAL' })
    t.match(await at('asOf=2022-12-03&publicAt=2022-10-21'), { value: 'DENY' })
    t.match(await at('asOf=2022-10-01'), { value: null, statement: null, role: 'SUPPLIER' })
  })

  await t.test('a day after the last one, and all that is known, give what is served live', async (t) => {
    for (const query of [
      'asOf=2030-01-01',
      `knownAt=${LAST_INSTANT}`,
      `asOf=2030-01-01&publicAt=2030-01-01&knownAt=${LAST_INSTANT}`,
    ]) {
      const live = await ledger.get('/v1/positions?dossier=ukraine-war&limit=500')
      const then = await ledger.get(`/v1/positions?dossier=ukraine-war&limit=500&${query}`)
      t.equal(then.text, live.text, query)
      const changes = await ledger.all<ChangeResource>('/v1/changes?dossier=ukraine-war')
      const changesThen = await ledger.all<ChangeResource>(`/v1/changes?dossier=ukraine-war&${query}`)
      t.strictSame(
        changesThen,
        changes.map((change) => ({ ...change, revision: null })),
      )
    }
  })

  await t.test('pages of a folded list continue as pages of a stored one do', async (t) => {
    const whole = await ledger.all<PositionResource>('/v1/positions?dossier=ukraine-war&asOf=2022-11-28')
    const pages: PositionResource[] = []
    let cursor = ''
    do {
      const page = (await ledger.get(`/v1/positions?dossier=ukraine-war&asOf=2022-11-28&limit=7${cursor}`)).body as {
        items: PositionResource[]
        next: string | null
      }
      pages.push(...page.items)
      cursor = page.next === null ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    t.strictSame(pages, whole)
  })

  await t.test('the history of a position by a day', async (t) => {
    const history = await ledger.get(`${IRAN_ON_UAV}/history?asOf=2022-10-25`)
    t.match(history.body, { items: [{ kind: 'INITIAL', to: 'DENY' }], next: null })
  })

  await t.test('eight disputes', async (t) => {
    const expected = readFileSync('tests/data/seed-statements/expected.jsonl', 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { what: string; matter: string; actors: string[]; kind: string })
      .filter(({ what }) => what === 'dispute')
      .map(({ matter, actors, kind }) => ({ matter, actors, kind }))
    for (const query of ['', '&asOf=2030-01-01', `&knownAt=${LAST_INSTANT}`]) {
      const disputes = await ledger.all<DisputeResource>(`/v1/disputes?dossier=ukraine-war${query}`)
      t.strictSame(
        disputes.map(({ matter, actors, kind }) => ({ matter, actors, kind })),
        expected,
      )
    }
    const one = await ledger.all<DisputeResource>('/v1/disputes?matter=irn-rus&actor=Tehran')
    t.match(one, [{ kind: 'OPPOSED', actors: ['irn', 'ukr'] }])
  })

  await t.test(
    'whether a condition is met is told by what its holder holds, and what others hold is listed',
    async (t) => {
      const positions = await ledger.all<PositionResource>('/v1/positions?dossier=ukraine-war')
      const conditional = positions.filter(({ condition }) => condition !== null)
      t.not(conditional.length, 0)
      for (const { actor, matter, facet, conditionState } of conditional)
        for (const query of ['', '?asOf=2030-01-01']) {
          const answer = await ledger.get(`/v1/positions/${actor}/${matter}/${facet}/condition${query}`)
          t.match(answer.body, { actor, state: conditionState, own: null })
          t.equal(
            (answer.body as ConditionResource).others.some((other) => other.actor === actor),
            false,
          )
        }
      t.match((await ledger.get(`${IRAN_ON_UAV}/condition`)).body, { condition: null, state: null, others: [] })
    },
  )

  await t.test('a clock that cannot be read, lies ahead, or is given without a filter', async (t) => {
    const code = async (query: string) => {
      const answer = await ledger.get(`/v1/positions?${query}`)
      return [answer.status, (answer.body as { code: string }).code]
    }
    t.strictSame(await code('asOf=2022-02-30'), [400, 'CLOCK_INVALID'])
    t.strictSame(await code('publicAt=today'), [400, 'CLOCK_INVALID'])
    t.strictSame(await code('actor=irn&knownAt=2022-10-20'), [400, 'CLOCK_INVALID'])
    t.strictSame(await code('actor=irn&knownAt=2999-01-01T00:00:00Z'), [400, 'CLOCK_FUTURE'])
    t.strictSame(await code(`knownAt=${LAST_INSTANT}`), [400, 'CLOCK_NEEDS_FILTER'])
  })

  await t.test('knownAt is refused while a partition may still bring records from before', async (t) => {
    const answer = await ledger.get('/v1/positions?actor=irn&knownAt=2025-06-01T00:00:00Z')
    t.equal(answer.status, 409)
    t.match(answer.body, { code: 'KNOWN_AT_BEHIND', detail: /registry 0/ })
    t.equal(answer.headers['retry-after'], '1')
  })
})

t.test('a read whose clocks all stand in the past never changes', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const until = new Date(ledger.log.records.at(-1)?.timestampMs ?? 0).toISOString()
  await ledger.reachEnd()
  const pins = `asOf=2022-12-03&publicAt=2022-12-31&knownAt=${until}`
  const paths = [
    `${IRAN_ON_UAV}?${pins}`,
    `${IRAN_ON_UAV}/history?${pins}`,
    `/v1/positions?actor=irn&${pins}`,
    `/v1/conflicts?actor=irn&${pins}`,
    `/v1/disputes?dossier=ukraine-war&${pins}`,
  ]
  const before = await Promise.all(paths.map((path) => ledger.get(path)))
  for (const [index, answer] of before.entries()) {
    t.equal(answer.status, 200, paths[index] ?? '')
    t.match(answer.headers['cache-control'], /immutable/)
    t.match(answer.headers.link, /rel="cite-as"/)
    const cited = new URL(/<(.*)>/.exec(answer.headers.link ?? '')?.[1] ?? '')
    t.equal((await ledger.get(cited.pathname + cited.search)).text, answer.text, 'what is cited is the same')
    cited.searchParams.set('reducer', 'another')
    t.match((await ledger.get(cited.pathname + cited.search)).body, { status: 409, code: 'REDUCER_CHANGED' })
  }
  await amendMuch(ledger)
  const after = await Promise.all(paths.map((path) => ledger.get(path)))
  t.strictSame(
    after.map(({ text }) => text),
    before.map(({ text }) => text),
  )
  t.match((await ledger.get(IRAN_ON_UAV)).body, { value: 'DENY' }, 'while the live position has moved on')

  await t.test('unless content was taken down since', async (t) => {
    await ledger.record(
      event('ledger.statement.suppressed.v1', 'uw-027', { dossier: 'ukraine-war', reason: 'court order' }),
    )
    await ledger.reachEnd()
    t.equal((await ledger.get(paths[0] ?? '')).status, 410)
    t.equal((await ledger.get('/v1/statements/uw-027')).status, 410)
    t.equal((await ledger.get('/v1/statements/uw-027/events')).status, 410)
  })
})

t.test('the registry as it was known', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const until = new Date(ledger.log.records.at(-1)?.timestampMs ?? 0).toISOString()
  const before = await ledger.get('/v1/matters/irn-rus.uav')
  await amendMuch(ledger)
  t.match((await ledger.get('/v1/matters/irn-rus.uav')).body, { broader: [] })
  const then = await ledger.get(`/v1/matters/irn-rus.uav?knownAt=${until}`)
  t.equal(then.text, before.text)
  t.match(then.headers['cache-control'], /immutable/)
  t.equal((await ledger.get('/v1/actors/gbr')).headers.location, '/v1/actors/irn')
  t.match((await ledger.get(`/v1/actors/gbr?knownAt=${until}`)).body, { id: 'gbr', mergedInto: null })
  t.equal((await ledger.get(`/v1/actors/per?knownAt=${until}`)).status, 404)
})

/** Every kind of amendment, after the moment that is read. */
async function amendMuch({ record, reachEnd }: TestApi): Promise<void> {
  const dossier = 'ukraine-war'
  await record(
    event('ledger.statement.voided.v1', 'uw-044', { dossier, reason: 'a mistake' }),
    event('ledger.statement.retracted.v1', 'uw-023', {
      dossier,
      evidence: [{ report: 'report-003', published: '2022-12-02', fidelity: 'PARAPHRASE' }],
    }),
    event('ledger.evidence.attached.v1', 'uw-052', {
      dossier,
      evidence: [{ report: 'report-009', published: '2022-11-01', said: '2022-10-30', fidelity: 'PARAPHRASE' }],
    }),
    event('ledger.statements.merged.v1', 'uw-052', { dossier, mergedAway: ['uw-062'] }),
    event('ledger.statement.corrected.v1', 'uw-020', {
      dossier,
      basedOn: 'statements.jsonl:20',
      coding: { onBehalfOf: [{ actor: 'rus', capacity: 'OWN' }] },
      reason: 'who it was for',
    }),
    event('ledger.actor.registered.v1', 'per', { kind: 'STATE', name: 'Persia' }),
    event('ledger.actors.merged.v1', 'per', { mergedAway: ['irn'] }),
    event('ledger.actors.unmerged.v1', 'per', { separated: ['irn'] }),
    event('ledger.actors.merged.v1', 'irn', { mergedAway: ['gbr'] }),
    event('ledger.matter.revised.v1', 'irn-rus.uav', { broader: [] }),
  )
  await reachEnd()
}

t.teardown(dropTestTemplate)
