import t from 'tap'
import { promoteCopy } from './promote-copy.js'
import { dropTestTemplate, openTestApi, seedEvents } from './test-api.js'

t.test('reads go on while another generation takes over and the old one is dropped', async (t) => {
  const ledger = await openTestApi(t)
  await ledger.record(...seedEvents())
  const paths = [
    '/v1/positions/irn/irn-rus.uav/FACT',
    '/v1/positions?actor=irn',
    '/v1/changes?limit=500',
    '/v1/statements/uw-044',
    '/v1/actors/irn',
    '/v1/disputes',
    '/v1/positions?actor=irn&asOf=2022-11-28',
    '/v1/statements?q=drones',
    '/v1/positions?format=csv',
    '/v1/matrix?dossier=ukraine-war&facet=FACT',
    '/v1/dossiers/ukraine-war/changes.atom',
  ]
  const before = await Promise.all(paths.map((path) => ledger.get(path)))
  const { next } = (await ledger.get('/v1/changes?limit=3')).body as { next: string }
  const rest = await ledger.get(`/v1/changes?cursor=${next}`)
  const narrower = '/v1/positions?matter=irn-rus&includeNarrower=true&limit=2'
  const { next: nextNarrower } = (await ledger.get(narrower)).body as { next: string }
  const restNarrower = await ledger.get(`${narrower}&cursor=${nextNarrower}`)

  await t.test('not one of those that come during it fails or tears', async (t) => {
    const over = new AbortController()
    const reading = (async () => {
      const answers: [path: string, status: number, text: string][] = []
      while (!over.signal.aborted)
        for (const path of paths) {
          const { status, text } = await ledger.get(path)
          answers.push([path, status, text])
        }
      return answers
    })()
    await promoteCopy(ledger.projector.client, 2)
    await ledger.projector.client.query('drop schema generation_1 cascade')
    await promoteCopy(ledger.projector.client, 3)
    await ledger.projector.client.query('drop schema generation_2 cascade')
    over.abort()
    const expected = new Map(paths.map((path, index) => [path, before[index]?.text]))
    const answers = await reading
    t.not(answers.length, 0)
    t.strictSame(
      answers.filter(([path, status, text]) => status !== 200 || text !== expected.get(path)),
      [],
    )
  })

  await t.test('answers, ETags and cursors survive it', async (t) => {
    const after = await Promise.all(paths.map((path) => ledger.get(path)))
    for (const [index, answer] of after.entries()) {
      t.equal(answer.text, before[index]?.text)
      t.equal(answer.headers.etag, before[index]?.headers.etag)
    }
    t.equal((await ledger.get(`/v1/changes?cursor=${next}`)).text, rest.text)
    t.equal((await ledger.get(`${narrower}&cursor=${nextNarrower}`)).text, restNarrower.text)
    t.match((await ledger.get('/v1/status')).body, { generation: 3 })
  })
})

t.teardown(dropTestTemplate)
