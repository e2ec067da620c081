import t, { test } from 'tap'
import type { LightMyRequestResponse } from 'fastify'
import { USE_CASES } from '#services/intake/app.js'
import { REQUEST_DATA } from '#libs/contracts/requests.js'
import { registerBasics, testIntake } from './intake.js'

t.setTimeout(120_000) // a bound for a busy machine

const faultOf = (response: LightMyRequestResponse): string => {
  const { code, errors } = response.json<{ code?: string; errors?: { pointer?: string }[] }>()
  return code === undefined
    ? String(response.statusCode)
    : `${response.statusCode} ${code} ${errors?.[0]?.pointer ?? '-'}`
}

test('what the registry refuses, with a pointer to it', async (t) => {
  const { post, ...intake } = await testIntake(t)
  await registerBasics({ post, ...intake })
  const office = { title: 'An office', holder: 'irn', actor: 'irn', authority: 'VOICE' }
  const matter = { dossier: 'ukraine-war', title: 'A matter' }
  const cases: [string, object, string][] = [
    ['/v1/actors', { id: 'irn', kind: 'STATE', name: 'Iran' }, '409 ALREADY_REGISTERED /id'],
    ['/v1/actors', { id: 'X Y', kind: 'STATE', name: 'x' }, '422 FIELD_INVALID /id'],
    ['/v1/actors/rus/aliases', { alias: 'Tehran' }, '409 ALIAS_TAKEN /alias'],
    ['/v1/actors/nobody/aliases', { alias: 'x' }, '404 ACTOR_UNKNOWN -'],
    ['/v1/actors/irn/merges', { mergedAway: ['rus', 'nobody'] }, '422 ACTOR_UNKNOWN /mergedAway/1'],
    ['/v1/actors/irn/unmerges', { separated: ['rus'] }, '422 MERGE_INVALID /separated/0'],
    ['/v1/offices', { ...office, holder: 'Nobody at all' }, '422 ACTOR_UNKNOWN /holder'],
    ['/v1/offices', { ...office, from: '2022-13' }, '422 DATE_INVALID /from'],
    ['/v1/offices', { ...office, from: '2022', until: '2021' }, '422 DATE_ORDER /until'],
    ['/v1/offices/nothing/endings', { until: '2021' }, '404 OFFICE_UNKNOWN -'],
    ['/v1/matters', { ...matter, dossier: 'nowhere' }, '422 DOSSIER_UNKNOWN /dossier'],
    ['/v1/matters', { ...matter, broader: ['nothing'] }, '422 MATTER_UNKNOWN /broader/0'],
    ['/v1/matters', { ...matter, broader: ['other'] }, '422 MATTER_NOT_IN_DOSSIER /broader/0'],
    ['/v1/matters', { ...matter, parties: [{ actor: 'Nobody!', role: 'USER' }] }, '422 ACTOR_UNKNOWN /parties/0/actor'],
    ['/v1/matters/irn-rus.uav/revisions', { broader: ['irn-rus.uav'] }, '422 MATTER_CYCLE /broader'],
    ['/v1/reports', { source: 'nowhere', published: '2022', language: 'en' }, '422 SOURCE_UNKNOWN /source'],
    ['/v1/reports', { source: 'irna', published: '../2022', language: 'en' }, '422 DATE_INVALID /published'],
    ['/v1/reports', { id: 'r1', source: 'irna', published: '2022', language: 'en' }, '202'],
    ['/v1/reports', { id: 'r1', source: 'irna', published: '2023', language: 'en' }, '409 ALREADY_REGISTERED /id'],
  ]
  for (const [url, body, expected] of cases)
    t.equal(faultOf(await post(url, body)), expected, `${url} ${JSON.stringify(body)}`)
})

test('two requests for one id at the same moment: one is taken', async (t) => {
  const { post, eventsOn } = await testIntake(t)
  const responses = await Promise.all(
    Array.from({ length: 5 }, (_, n) => post('/v1/actors', { id: 'irn', kind: 'STATE', name: `Iran ${n}` })),
  )
  t.same(responses.map(faultOf).sort(), ['202', ...Array<string>(4).fill('409 ALREADY_REGISTERED /id')])
  t.equal((await eventsOn('registry')).length, 2)
})

test('an actor’s life: alias, revision, merge, unmerge; an office’s: revision, end', async (t) => {
  const { post, eventsOn, ...intake } = await testIntake(t)
  await registerBasics({ post, eventsOn, ...intake })
  const steps: [string, object][] = [
    ['/v1/actors', { id: 'ira', kind: 'STATE', name: 'Iran, again' }],
    ['/v1/actors/irn/aliases', { alias: 'Persia' }],
    ['/v1/actors/irn/revisions', { description: 'A state' }],
    ['/v1/actors/irn/merges', { mergedAway: ['ira'], reason: 'found to be one' }],
    ['/v1/actors/irn/unmerges', { separated: ['ira'], reason: 'found not to be' }],
    ['/v1/offices/irn.fm/revisions', { from: '2021-08-25' }],
    ['/v1/offices/irn.fm/endings', { until: '2024-05-19' }],
    ['/v1/dossiers/ukraine-war/revisions', { title: 'Arms for the war' }],
    ['/v1/matters/irn-rus.uav/revisions', { related: ['not-registered-yet'] }],
    ['/v1/sources/irna/revisions', { country: 'Iran' }],
  ]
  for (const [url, body] of steps) t.equal(faultOf(await post(url, body)), '202', url)
  t.same(
    (await eventsOn('registry')).slice(-steps.length).map(({ type }) => type.split('.').slice(1, 3).join('.')),
    [
      'actor.registered',
      'actor.aliased',
      'actor.revised',
      'actors.merged',
      'actors.unmerged',
      'office.revised',
      'office.ended',
      'dossier.revised',
      'matter.revised',
      'source.revised',
    ],
  )
})

test('every event that a request can make has one route, and the OpenAPI document shows them all', async (t) => {
  const { intake } = await testIntake(t)
  const elsewhere = ['key.issued', 'key.revoked', 'record.released', 'record.dismissed']
  const made = USE_CASES.map(({ type }) => type as string)
  t.same(
    Object.keys(REQUEST_DATA)
      .filter((type) => !elsewhere.some((one) => type.includes(one)))
      .sort(),
    [...made].sort(),
  )
  const response = await intake.app.inject({ url: '/openapi.json' })
  const { openapi, paths } = response.json<{ openapi: string; paths: Record<string, object> }>()
  t.equal(openapi, '3.1.0')
  for (const { path } of USE_CASES) t.ok(paths[path], path)
  for (const path of [
    '/v1/batches',
    '/v1/keys',
    '/v1/keys/{id}/revocations',
    '/v1/quarantine/{topic}/{partition}/{offset}/releases',
  ])
    t.ok(paths[path], path)
})
