import t from 'tap'
import { REDIVIVA } from './amend-registry.js'
import { DOSSIER } from './amended-dossier.js'
import type { AmendedLedger } from './amended-ledger.js'
import { expectedOf, readDossier, readingsOf } from './dossier-readings.js'

/** What each clock shows of a dossier that was amended, and what of it is left once statements are taken down. */
export async function readThePast(ledger: AmendedLedger): Promise<void> {
  const { facts, get, moments, position, readBody, redirectOf, restartApi, served, untilCovered } = ledger
  const about = { dossier: DOSSIER }

  await t.test('what was served at any moment is served again with knownAt, to the byte', async (t) => {
    await untilCovered(moments.at(-1)?.at ?? '')
    for (const { name, at, dossier } of moments) {
      const then = await readDossier(served, DOSSIER, `&knownAt=${at}`)
      t.equal(then.positionsText, dossier.positionsText, `${name}: positions`)
      const unnumbered = <T extends object>(items: readonly T[]) => items.map((item) => ({ ...item, revision: null }))
      t.strictSame(then.changes, unnumbered(dossier.changes), `${name}: changes`)
      t.strictSame(then.conflicts, unnumbered(dossier.conflicts), `${name}: conflicts`)
    }
    const merged = moments.find(({ name }) => name === 'two actors are found to be one')?.at ?? ''
    t.match(await redirectOf(`${REDIVIVA}?knownAt=${merged}`), [308, /alba\/arms\/FACT\?knownAt/])
    t.match(await redirectOf(`/v1/actors/alba-rediviva?knownAt=${merged}`), [308, /actors\/alba/])
    const first = moments[0]?.at ?? ''
    t.match(await readBody(`/v1/offices/alba.president?knownAt=${first}`), { until: null })
    t.match(await readBody(`/v1/matters/arms.drones?knownAt=${first}`), { broader: ['arms'] })
  })

  const pins = moments.flatMap(({ at }) =>
    ['/v1/positions?actor=alba&limit=500', '/v1/positions/alba/arms.drones/FACT?', '/v1/conflicts?actor=alba'].map(
      (path) => `${path}&asOf=2020-12-31&publicAt=2021-12-31&knownAt=${at}`,
    ),
  )
  const readPins = (): Promise<{ path: string; text: string; headers: Headers; status: number }[]> =>
    Promise.all(
      pins.map(async (path) => {
        const answer = await get(path)
        return { path, text: await answer.text(), headers: answer.headers, status: answer.status }
      }),
    )
  let pinned: Awaited<ReturnType<typeof readPins>> = []
  await t.test('reads with all clocks in the past are kept for ever, and say how to cite them', async (t) => {
    pinned = await readPins()
    for (const { path, status, headers, text } of pinned) {
      t.equal(status, 200, path)
      t.match(headers.get('cache-control'), /immutable/)
      const cited = /^<([^>]*)>; rel="cite-as"$/.exec(headers.get('link') ?? '')?.[1] ?? ''
      t.equal(await (await fetch(cited)).text(), text)
    }
  })

  await t.test('a statement is taken down: gone from every read, of every time', async (t) => {
    const before = moments.at(-1)?.at ?? ''
    t.match(await position('borea', 'arms.drones', 'FACT'), { value: 'AFFIRM', statement: 'thanks' })
    const change = moments.at(-1)?.dossier.changes.find(({ statement }) => statement === 'thanks')
    const { outcome } = await facts.write({
      type: 'ledger.statement.suppressed.v1',
      subject: 'thanks',
      data: { ...about, reason: 'a court ordered it' },
    })
    t.equal(outcome, 'applied')
    t.strictSame(readingsOf(await readDossier(served, DOSSIER)), expectedOf(facts.inMemory(), DOSSIER))
    const statuses = await Promise.all(
      [
        '/v1/statements/thanks',
        '/v1/statements/thanks/events',
        `/v1/changes/${change?.id}`,
        `/v1/positions/borea/arms.drones/FACT?asOf=2020-12-31&publicAt=2020-12-31&knownAt=${before}`,
        `/v1/positions?dossier=${DOSSIER}&asOf=2020-12-31&publicAt=2020-12-31&knownAt=${before}`,
      ].map(async (path) => (await get(path)).status),
    )
    t.strictSame(statuses, [410, 410, 410, 410, 410])
    t.match(await readBody(`/v1/positions/borea/arms.drones/FACT?knownAt=${before}`), { value: null })
    for (const path of [
      `/v1/statements?dossier=${DOSSIER}`,
      `/v1/changes?dossier=${DOSSIER}&includeRevoked=true&limit=500`,
      '/v1/positions/borea/arms.drones/FACT/history?includeRevoked=true',
    ])
      t.notMatch(await (await get(path)).text(), /"thanks"/, path)
  })

  await t.test(
    'pinned reads give the same bytes after all that came since, and after a restart of the api',
    async (t) => {
      const same = async () => {
        for (const [index, { path, text }] of (await readPins()).entries()) t.equal(text, pinned[index]?.text, path)
      }
      await facts.write({
        type: 'ledger.statement.voided.v1',
        subject: 'offer',
        data: { ...about, reason: 'misheard' },
      })
      await same()
      await restartApi()
      await same()
    },
  )

  await t.test('with a statement goes what was merged into it, in reads from before that, too', async (t) => {
    const [first] = moments
    const PATH = `/v1/positions/alba/arms.drones/FACT?knownAt=${first?.at}`
    t.match(await readBody(PATH), { statement: 'admission' })
    await facts.write({
      type: 'ledger.statement.suppressed.v1',
      subject: 'admission-again',
      data: { ...about, reason: 'a court ordered it' },
    })
    t.match(await readBody(PATH), { statement: 'denial', value: 'DENY', contestedBy: { length: 0 } })
    const history = `/v1/changes?dossier=${DOSSIER}&includeRevoked=true&limit=500`
    t.notMatch(await (await get(history)).text(), /"admission/)
    const conflicts = `/v1/conflicts?dossier=${DOSSIER}&includeRevoked=true&limit=500`
    t.notMatch(await (await get(conflicts)).text(), /"admission/)
    t.equal((await fetch(`${served.apiUrl}/v1/statements/admission-again`)).status, 410)
  })
}
