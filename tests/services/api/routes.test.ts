import * as events from '#libs/contracts/event-resources.js'
import * as registry from '#libs/contracts/registry-resources.js'
import * as resources from '#libs/contracts/resources.js'
import t from 'tap'
import type { z } from 'zod'
import { dropTestTemplate, openTestApi, seedEvents } from './test-api.js'

t.test('every route answers with what its schema says', async (t) => {
  const { api, record, get } = await openTestApi(t)
  await record(...seedEvents())
  const [change] = ((await get('/v1/changes?actor=irn')).body as { items: { id: string }[] }).items
  const routes: [path: string, schema: z.ZodObject, id: string | null][] = [
    ['/v1/positions', resources.PositionResource, 'irn/irn-rus.uav/FACT'],
    ['/v1/positions/irn/irn-rus.uav/FACT/history', resources.ChangeResource, null],
    ['/v1/changes', resources.ChangeResource, change?.id ?? ''],
    ['/v1/statements', resources.StatementResource, 'uw-044'],
    ['/v1/statements/uw-044/events', events.EventResource, null],
    ['/v1/actors', registry.ActorResource, 'irn'],
    ['/v1/offices', registry.OfficeResource, 'irn.voice'],
    ['/v1/dossiers', registry.DossierResource, 'ukraine-war'],
    ['/v1/matters', registry.MatterResource, 'irn-rus.uav'],
    ['/v1/sources', registry.SourceResource, null],
    ['/v1/reports', registry.ReportResource, null],
  ]
  for (const [path, schema, id] of routes) {
    const list = await get(path)
    t.equal(list.status, 200, path)
    const { items } = list.body as { items: unknown[]; next: string | null }
    t.not(items.length, 0, `${path} has items`)
    for (const item of items) t.strictSame(strict(schema).parse(item), item)
    if (id === null) continue
    const one = await get(`${path}/${id}`)
    t.equal(one.status, 200, `${path}/${id}`)
    t.strictSame(strict(schema).parse(one.body), one.body)
  }
  const event = await get('/v1/events/statements.jsonl:44')
  t.strictSame(strict(events.EventResource).parse(event.body), event.body)
  t.match(event.body, { outcome: 'applied', subject: 'uw-044', links: { subject: '/v1/statements/uw-044' } })
  const status = await get('/v1/status')
  t.strictSame(strict(events.StatusResource).parse(status.body), status.body)
  const document = await get('/openapi.json')
  t.equal(document.status, 200)
  t.match(document.body, { openapi: '3.1.0' })
  await api.app.ready()
})

/** A field that the schema does not have is a mistake here, though a reader would overlook it. */
const strict = (schema: z.ZodObject): z.ZodObject => schema.strict()

t.teardown(dropTestTemplate)
