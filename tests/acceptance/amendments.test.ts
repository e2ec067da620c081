import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { EventLine } from '#libs/client/ledger-client.js'
import type { EventResource } from '#libs/contracts/event-resources.js'
import type { ChangeResource, ConflictResource, StatementResource } from '#libs/contracts/resources.js'
import { DOSSIER, REGISTRY, report, STATEMENTS } from './amended-dossier.js'
import { amendAtRandom } from './amend-at-random.js'
import { expectedOf, readDossier, readingsOf, type ServedDossier } from './dossier-readings.js'
import { ledgerPlace, startLedger } from './ledger-process.js'
import { recordFacts } from './recorded-facts.js'

/** Every amendment that there is, over HTTP, one after the other; and what each clock shows of them afterwards. */
t.setTimeout(240_000)
const place = await ledgerPlace(t)
const ledger = await startLedger(t, place, { SEEDS: 'false' })
const served = { apiUrl: place.apiUrl, client: ledger.client }
const facts = recordFacts(ledger)
await facts.writeAll(REGISTRY)
const [denialEvent = '', refusalEvent = ''] = await facts.writeAll(STATEMENTS)

const about = { dossier: DOSSIER }
const get = (path: string) => fetch(`${place.apiUrl}${path}`, { redirect: 'manual' })
const readBody = async (path: string) => (await (await get(path)).json()) as Record<string, unknown>
const position = (actor: string, matter: string, facet: string) => readBody(`/v1/positions/${actor}/${matter}/${facet}`)
const redirectOf = async (path: string) => {
  const { status, headers } = await get(path)
  return [status, headers.get('location')]
}

/** What was served live, and an instant at which it was, with nothing recorded for some milliseconds around it. */
interface Moment {
  readonly name: string
  readonly at: string
  readonly dossier: ServedDossier
}
const moments: Moment[] = []
const lookAround = async (name: string): Promise<ServedDossier> => {
  const dossier = await readDossier(served, DOSSIER)
  await sleep(5)
  moments.push({ name, at: new Date().toISOString(), dossier })
  await sleep(5)
  return dossier
}

/** The dossier is served as the same facts fold in this process; what is not there any more is in the history as revoked. */
const isServedAsFolded = async (t: Tap, name: string): Promise<void> => {
  const dossier = await lookAround(name)
  t.strictSame(readingsOf(dossier), expectedOf(facts.inMemory(), DOSSIER), 'as the same facts fold')
  const all = new Map(
    [
      ...(await ledger.client.readAll<ChangeResource>(`/v1/changes?dossier=${DOSSIER}&includeRevoked=true`)),
      ...(await ledger.client.readAll<ConflictResource>(`/v1/conflicts?dossier=${DOSSIER}&includeRevoked=true`)),
    ].map((one) => [one.id, one] as const),
  )
  const now = new Set([...dossier.changes, ...dossier.conflicts].map(({ id }) => id))
  for (const { id } of moments.flatMap((moment) => [...moment.dossier.changes, ...moment.dossier.conflicts]))
    if (all.get(id)?.revoked !== !now.has(id)) t.fail(`${id} is neither served nor revoked`)
}
type Tap = typeof t

const step = (name: string, line: EventLine, look: (t: Tap, event: EventResource) => Promise<unknown> | undefined) =>
  t.test(name, async (t) => {
    const event = await facts.write(line)
    if (line.subject !== 'stale') t.equal(event.outcome, 'applied')
    await look(t as Tap, event)
    await isServedAsFolded(t as Tap, name)
  })

await t.test('as recorded', (t) => isServedAsFolded(t as Tap, 'as recorded'))

await step(
  'evidence that dates a denial before the admission ends their conflict',
  {
    type: 'ledger.evidence.attached.v1',
    subject: 'second-denial',
    data: { ...about, evidence: [report({ report: 'gazette', said: '2020-02-15', published: '2020-02-16' })] },
  },
  async (t) => {
    const [before] = moments
    t.match(before?.dossier.conflicts, [{ statements: ['admission', 'second-denial'] }])
    t.match(await readBody(`/v1/conflicts?dossier=${DOSSIER}&matter=arms.drones&facet=FACT`), { items: { length: 0 } })
    t.match(await position('alba', 'arms.drones', 'FACT'), { value: 'ADMIT_PARTIAL', contestedBy: { length: 0 } })
  },
)

await step(
  'a correction gives a statement another coding',
  {
    type: 'ledger.statement.corrected.v1',
    subject: 'refusal',
    data: {
      ...about,
      basedOn: refusalEvent,
      coding: { stances: [{ matter: 'arms', facet: 'INTENT', value: 'DECLINE' }] },
      reason: 'not yet, it said',
    },
  },
  async (t, { id }) => {
    t.match(await position('alba', 'arms', 'INTENT'), { value: 'DECLINE' })
    t.match(await ledger.client.read<StatementResource>('/v1/statements/refusal'), { codingEvent: id })
  },
)

await t.test('a correction of what has moved since is stale, says so, and changes nothing', async (t) => {
  const { id } = await facts.write({
    type: 'ledger.statement.corrected.v1',
    subject: 'refusal',
    data: {
      ...about,
      basedOn: refusalEvent,
      coding: { stances: [{ matter: 'arms', facet: 'INTENT', value: 'BLOCK' }] },
      reason: 'coded at the same time by somebody else',
    },
  })
  const event = await ledger.client.read<EventResource>(`/v1/events/${id}`)
  t.match(event, { outcome: 'stale', subject: 'refusal', detail: new RegExp(refusalEvent) })
  const events = await ledger.client.readAll<EventResource>('/v1/statements/refusal/events')
  t.strictSame(
    events.map(({ outcome }) => outcome),
    ['applied', 'applied', 'stale'],
  )
  await isServedAsFolded(t as Tap, 'stale')
})

await step(
  'a statement is voided',
  { type: 'ledger.statement.voided.v1', subject: 'denial', data: { ...about, reason: 'of another minister' } },
  async (t) => t.match(await readBody('/v1/statements/denial'), { voided: { reason: 'of another minister' } }),
)

await t.test('and recorded anew, as if it had never been voided', async (t) => {
  const before = moments.at(-2)?.dossier.positionsText
  const [again] = STATEMENTS.filter(({ subject }) => subject === 'denial')
  if (!again) throw new Error('there is a denial')
  const { id, outcome } = await facts.write(again)
  t.strictSame([outcome, id === denialEvent], ['applied', false])
  await isServedAsFolded(t as Tap, 'recorded anew')
  t.equal(moments.at(-1)?.dossier.positionsText, before)
})

await step(
  'two statements are found to be one utterance',
  { type: 'ledger.statements.merged.v1', subject: 'admission', data: { ...about, mergedAway: ['admission-again'] } },
  async (t) => {
    t.strictSame(await redirectOf('/v1/statements/admission-again'), [308, '/v1/statements/admission'])
    t.match(await readBody('/v1/statements/admission'), { mergedAway: ['admission-again'], corroboration: 2 })
  },
)

await step(
  'the one merged away is taken back, and so the survivor',
  {
    type: 'ledger.statement.retracted.v1',
    subject: 'admission-again',
    data: { ...about, evidence: [report({ report: 'daily-2', said: '2020-06-01', published: '2020-06-02' })] },
  },
  async (t) => {
    const { changes } = await readDossier(served, DOSSIER)
    t.match(
      changes.filter(({ kind }) => kind === 'WITHDRAWAL'),
      [{ statement: 'admission', from: 'ADMIT_PARTIAL', to: null, validFrom: '2020-06-01' }],
    )
  },
)

const REDIVIVA = '/v1/positions/alba-rediviva/arms/FACT'
await step(
  'two actors are found to be one',
  { type: 'ledger.actors.merged.v1', subject: 'alba', data: { mergedAway: ['alba-rediviva'] } },
  async (t) => {
    t.strictSame(await redirectOf('/v1/actors/alba-rediviva'), [308, '/v1/actors/alba'])
    t.strictSame(await redirectOf(REDIVIVA), [308, '/v1/positions/alba/arms/FACT'])
    t.strictSame(await redirectOf(`${REDIVIVA}/history`), [308, '/v1/positions/alba/arms/FACT/history'])
  },
)

await step(
  'an actor gets another name',
  { type: 'ledger.actor.aliased.v1', subject: 'alba', data: { alias: 'Alba Longa' } },
  async (t) => {
    t.strictSame(await redirectOf('/v1/positions/alba%20longa/arms/FACT'), [308, '/v1/positions/alba/arms/FACT'])
    t.strictSame(await redirectOf('/v1/actors/ALBA%20LONGA'), [308, '/v1/actors/alba'])
  },
)

await step(
  'the actors are separated again',
  { type: 'ledger.actors.unmerged.v1', subject: 'alba', data: { separated: ['alba-rediviva'] } },
  async (t) => {
    t.match(await position('alba-rediviva', 'arms', 'FACT'), { value: 'AFFIRM', statement: 'rediviva' })
    const before = moments.find(({ name }) => name.startsWith('the one merged away'))?.dossier.positionsText
    t.equal((await readDossier(served, DOSSIER)).positionsText, before, 'as before they were merged')
  },
)

await step(
  'an office is found to have ended: whoever comes after may move what was said in it',
  { type: 'ledger.office.ended.v1', subject: 'alba.president', data: { until: '2020-06-15' } },
  async (t) => {
    t.match(moments.at(-1)?.dossier.conflicts, [{ facet: 'INTENT', statements: ['offer', 'second-refusal'] }])
    t.match(await position('alba', 'arms.drones', 'INTENT'), { value: 'WILL_NOT', contestedBy: { length: 0 } })
  },
)

await step(
  'an office is found to have had more authority',
  { type: 'ledger.office.revised.v1', subject: 'alba.spokeswoman', data: { authority: 'PRINCIPAL' } },
  async (t) => t.match(await readBody('/v1/offices/alba.spokeswoman'), { authority: 'PRINCIPAL' }),
)

await step(
  'a matter is no longer part of another',
  { type: 'ledger.matter.revised.v1', subject: 'arms.drones', data: { broader: [] } },
  async (t) => t.match(await readBody('/v1/matters/arms'), { narrower: { length: 0 } }),
)

await step(
  'an actor has no part in a matter any more',
  {
    type: 'ledger.matter.revised.v1',
    subject: 'arms.drones',
    data: { broader: ['arms'], parties: [{ actor: 'borea', role: 'RECIPIENT' }] },
  },
  async (t) => t.match(await position('alba', 'arms.drones', 'FACT'), { role: 'THIRD' }),
)

/** `AMENDMENT_SEEDS=1,2,3` tries others. */
const SEEDS = (process.env.AMENDMENT_SEEDS ?? '20221020').split(',').map(Number)
for (const seed of SEEDS)
  await t.test(`random amendments of fold cases, seed ${seed}`, (t) => amendAtRandom(t, { served, facts, seed }))

/** Waits while the instant may still get records. */
const untilCovered = async (at: string): Promise<void> => {
  for (let tried = 0; tried < 100; tried++) {
    const { status } = await get(`/v1/positions?dossier=${DOSSIER}&limit=1&knownAt=${at}`)
    if (status === 200) return
    await sleep(100)
  }
  throw new Error(`${at} is not covered`)
}

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
    await facts.write({ type: 'ledger.statement.voided.v1', subject: 'offer', data: { ...about, reason: 'misheard' } })
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
  t.equal((await fetch(`${place.apiUrl}/v1/statements/admission-again`)).status, 410)
})

/** As if it had crashed: what starts ledgers starts it again. */
async function restartApi(): Promise<void> {
  const killed = ledger.pidOf('api')
  process.kill(killed, 'SIGKILL')
  for (let tried = 0; tried < 400; tried++) {
    await sleep(50)
    // between the two there is none, and nobody notes who it is
    const isReady = await get('/health/ready').then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady && ledger.pidOf('api') !== killed) return
  }
  throw new Error('the api was not started again')
}
