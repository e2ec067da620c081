import type { ChangeResource, PositionResource, StatementResource } from '#libs/contracts/resources.js'
import { AUTHORITIES } from '#libs/contracts/vocabulary.js'
import { event } from '#tests/services/projector/records.js'
import t from 'tap'
import { dropTestTemplate, openTestApi, seedEvents } from './test-api.js'

const OFFICES = ['irn.foreign-minister.amir-abdollahian']

t.test('filters of the lists', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  await ledger.reachEnd()
  const { get, all } = ledger
  const tree = ['irn-rus', 'irn-rus.missile', 'irn-rus.uav']

  await t.test('a matter, and with it those narrower', async (t) => {
    for (const clock of ['', '&asOf=2030-01-01'])
      for (const list of ['positions', 'changes', 'conflicts']) {
        const whole = await all<PositionResource & { matters?: string[] }>(`/v1/${list}?dossier=ukraine-war${clock}`)
        const within = whole.filter(({ matter, matters }) => (matters ?? [matter]).some((one) => tree.includes(one)))
        const found = await all(`/v1/${list}?matter=irn-rus&includeNarrower=true${clock}`)
        t.strictSame(found, within, `${list}${clock}`)
        if (list !== 'conflicts') t.ok(found.length > (await all(`/v1/${list}?matter=irn-rus${clock}`)).length)
      }
    const statements = await all<StatementResource>('/v1/statements?matter=irn-rus&includeNarrower=true')
    t.ok(statements.some(({ id }) => id === 'uw-044'))
    t.ok(
      statements.every(({ stances, about }) =>
        [...stances.map((s) => s.matter), ...about].some((m) => tree.includes(m)),
      ),
    )
    const aliased = await all<ChangeResource>('/v1/changes?matter=irn-rus&includeNarrower=true&actor=Tehran')
    t.ok(aliased.length > 0 && aliased.every(({ actor }) => actor === 'irn'))
    t.strictSame(await all('/v1/positions?matter=nothing&includeNarrower=true'), [])
  })

  await t.test('an authority, and those above it', async (t) => {
    for (const clock of ['', '&asOf=2030-01-01'])
      for (const [rank, least] of AUTHORITIES.entries()) {
        const enough = AUTHORITIES.slice(0, rank + 1)
        const whole = await all<PositionResource>(`/v1/positions?dossier=ukraine-war${clock}`)
        const found = await all<PositionResource>(`/v1/positions?dossier=ukraine-war&minAuthority=${least}${clock}`)
        t.strictSame(
          found,
          whole.filter(({ authority }) => authority !== null && enough.includes(authority)),
          least,
        )
      }
    const principal = await all<StatementResource>('/v1/statements?actor=irn&minAuthority=PRINCIPAL')
    t.ok(principal.some(({ office }) => OFFICES.includes(office ?? '')))
    t.notOk(principal.some(({ office }) => office === null || office === 'irn.voice'))
    const query = '/v1/changes?dossier=ukraine-war&minAuthority=PRINCIPAL'
    const changes = await all<ChangeResource>(query)
    t.ok(changes.some(({ statement }) => statement === 'uw-044'))
    t.ok(changes.length < (await all('/v1/changes?dossier=ukraine-war')).length)
    const then = await all<ChangeResource>(`${query}&asOf=2030-01-01`)
    t.strictSame(
      then.map(({ id }) => id),
      changes.map(({ id }) => id),
    )
  })

  await t.test('days of changes', async (t) => {
    for (const clock of ['', '&asOf=2030-01-01']) {
      const found = await all<ChangeResource>(`/v1/changes?from=2022-11-01&to=2022-11-30${clock}`)
      const whole = await all<ChangeResource>(`/v1/changes?dossier=ukraine-war${clock}`)
      t.strictSame(
        found,
        whole.filter(({ validFrom }) => validFrom.startsWith('2022-11')),
      )
      t.not(found.length, 0)
    }
  })

  await t.test('words of gists, quotes and paraphrases', async (t) => {
    const found = async (q: string) =>
      (await all<StatementResource>(`/v1/statements?q=${encodeURIComponent(q)}`)).map(({ id }) => id)
    t.ok((await found('limited number of drones')).includes('uw-044'))
    t.ok((await found('"LIMITED number"')).includes('uw-044'))
    t.strictSame(await found('"number limited"'), [])
    const drones = await found('drones')
    t.ok(drones.length > 1)
    t.notOk((await found('drones -limited')).includes('uw-044'))
    t.ok((await found('limited or unheardofword')).includes('uw-044'))
    for (const nothing of [
      'unheardofword',
      '"',
      '-',
      ')(&|!',
      "'; drop table statement",
      '%',
      'ukraine-war report-003',
    ])
      t.strictSame(await found(nothing), [], nothing)
    t.strictSame(
      await found('drones'),
      (await all<StatementResource>('/v1/statements?q=drones&dossier=ukraine-war')).map(({ id }) => id),
    )
    await t.test('of what stands now', async (t) => {
      const evidence = [
        {
          report: 'report-004',
          published: '2022-12-01',
          fidelity: 'PARAPHRASE',
          paraphrase: 'Zweihundert Panzer',
        } as const,
      ]
      await ledger.record(event('ledger.evidence.attached.v1', 'uw-044', { dossier: 'ukraine-war', evidence }))
      t.strictSame(await found('zweihundert panzer'), ['uw-044'])
      await ledger.record(event('ledger.statement.suppressed.v1', 'uw-044', { dossier: 'ukraine-war', reason: 'test' }))
      t.strictSame(await found('zweihundert panzer'), [])
    })
  })

  await t.test('what cannot go together is refused by a code', async (t) => {
    for (const [path, pointer] of [
      ['/v1/positions?includeNarrower=true', 'includeNarrower'],
      ['/v1/statements?includeNarrower=true&format=csv', 'includeNarrower'],
      ['/v1/statements?from=2022-12-01&to=2022-11-01', 'from'],
      ['/v1/changes?from=2022-12-01&to=2022-11-01', 'from'],
      ['/v1/changes?includeRevoked=true&asOf=2022-12-01', 'includeRevoked'],
      ['/v1/conflicts?includeRevoked=true&publicAt=2022-12-01', 'includeRevoked'],
      ['/v1/positions/irn/irn-rus.uav/FACT/history?includeRevoked=true&asOf=2022-12-01', 'includeRevoked'],
      ['/v1/matrix?dossier=ukraine-war&facet=FACT&includeNarrower=true', 'includeNarrower'],
    ]) {
      const answer = await get(path ?? '')
      t.equal(answer.status, 400, path ?? '')
      t.match(answer.body, { code: 'PARAMETERS_CONTRADICTORY', errors: [{ pointer }] })
    }
    t.match((await get('/v1/statements?asOf=2022-12-01')).body, { code: 'PARAMETER_UNKNOWN' })
    t.match((await get('/v1/positions?minAuthority=KING')).body, { code: 'PARAMETER_INVALID' })
  })
})

t.teardown(dropTestTemplate)
