import t from 'tap'
import { dropTestTemplate, openTestApi, seedEvents } from '#tests/services/api/test-api.js'
import type { OpenApiDocument } from './documents.js'
import { holdAgainst } from './hold-against.js'

/** How each operation of the api is called: once so that it succeeds, once so that it gives an error of its document. */
const CALLS: Record<string, readonly [success: string, error: string]> = {
  '/v1/matrix': ['?dossier=ukraine-war&facet=FACT', '?facet=FACT'],
  '/v1/positions/{actor}/{matter}/{facet}': ['irn/irn-rus.uav/FACT', 'irn/nothing/FACT'],
  '/v1/positions/{actor}/{matter}/{facet}/history': ['irn/irn-rus.uav/FACT', 'irn/nothing/NOTHING'],
  '/v1/positions/{actor}/{matter}/{facet}/condition': ['irn/irn-rus.uav/FACT', 'irn/nothing/NOTHING'],
  '/v1/changes/{id}': ['CHANGE', 'nothing'],
  '/v1/dossiers/{id}/changes.atom': ['ukraine-war', 'nothing'],
  '/v1/statements/{id}': ['uw-044', 'nothing'],
  '/v1/statements/{id}/events': ['uw-044', 'nothing'],
  '/v1/events/{id}': ['statements.jsonl:44', 'nothing'],
  '/v1/actors/{id}': ['irn', 'nothing'],
  '/v1/offices/{id}': ['irn.voice', 'nothing'],
  '/v1/dossiers/{id}': ['ukraine-war', 'nothing'],
  '/v1/matters/{id}': ['irn-rus.uav', 'nothing'],
  '/v1/sources/{id}': ['SOURCE', 'nothing'],
  '/v1/reports/{id}': ['REPORT', 'nothing'],
  // its success needs a key that may operate, and is held by tests/services/api/reads.test.ts
  '/v1/quarantine': ['', '?limit=0'],
}
for (const list of ['positions', 'changes', 'conflicts', 'disputes', 'statements', 'reports', 'status'])
  CALLS[`/v1/${list}`] = ['', '?nothing=1']
for (const list of ['actors', 'offices', 'dossiers', 'matters', 'sources']) CALLS[`/v1/${list}`] = ['', '?limit=0']
/** Never ends: its first bytes are held by tests/services/api/live/stream.test.ts, its errors here. */
const STREAM = '/v1/changes/stream'

t.setTimeout(120_000) // a bound for a busy machine

t.test('every operation of the api answers as its document says', async (t) => {
  const { record, get } = await openTestApi(t)
  await record(...seedEvents())
  const document = (await get('/openapi.json')).body as OpenApiDocument
  t.strictSame(
    Object.keys(document.paths).sort(),
    [...Object.keys(CALLS), STREAM].sort(),
    'an operation has no call here',
  )
  const firstOf = async (list: string) => ((await get(list)).body as { items: { id: string }[] }).items[0]?.id ?? ''
  const ids: Record<string, string | undefined> = {
    CHANGE: await firstOf('/v1/changes'),
    SOURCE: await firstOf('/v1/sources'),
    REPORT: await firstOf('/v1/reports'),
  }
  const call = async (path: string, how: string) => {
    const address = addressOf(path, ids[how] ?? how)
    const { status, headers, text } = await get(address)
    const type = String(headers['content-type']).split(';')[0] ?? ''
    holdAgainst(t, document, { path, method: 'get' }, { status, type, text })
    return status
  }
  for (const [path, [success, error]] of Object.entries(CALLS)) {
    t.equal(await call(path, success), path === '/v1/quarantine' ? 401 : 200, `${path} succeeds`)
    t.ok((await call(path, error)) >= 400, `${path} fails`)
  }
  t.equal(await call(STREAM, '?nothing=1'), 400)
})

/** @param how values of the path's parameters, by slashes; or a query */
function addressOf(path: string, how: string): string {
  if (!path.includes('{')) return path + how
  const values = how.split('/')
  return path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(values.shift() ?? ''))
}

t.teardown(dropTestTemplate)
