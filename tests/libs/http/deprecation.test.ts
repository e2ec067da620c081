import { test } from 'tap'
import type { HttpApp } from '#libs/http/build-http.js'
import type { Deprecation } from '#libs/http/deprecation.js'
import { testApplication } from './application.js'

const ANNOUNCED: Deprecation = {
  since: new Date('2027-01-01T00:00:00Z'),
  sunset: new Date('2028-01-01T00:00:00Z'),
  link: 'https://ledger.example/docs/versioning.md',
}
const LINK = '<https://ledger.example/docs/versioning.md>; rel="deprecation"; type="text/markdown"'

const addOld =
  (deprecation: Deprecation, schema: { summary?: string } = { summary: 'Old' }) =>
  (app: HttpApp): void => {
    app.get('/v1/old', { config: { scope: 'read', deprecation }, schema }, (_request, reply) => reply.send('{}'))
    app.get('/v1/old-page', { config: { scope: 'read', deprecation }, schema }, (_request, reply) =>
      reply.header('link', '</v1/old-page?cursor=x>; rel="next"').send('{}'),
    )
    app.get('/v1/old-guarded', { config: { scope: 'operate', deprecation }, schema }, (_request, reply) =>
      reply.send('{}'),
    )
  }

test('a deprecated route says since when, until when, and where to read on', async (t) => {
  const { app } = await testApplication(t, {}, addOld(ANNOUNCED))
  for (const method of ['GET', 'HEAD'] as const) {
    const { statusCode, headers } = await app.inject({ method, url: '/v1/old' })
    t.equal(statusCode, 200)
    t.match(headers, { deprecation: '@1798761600', sunset: 'Sat, 01 Jan 2028 00:00:00 GMT' }, method)
    t.equal(headers.link, LINK, `${method}: once`)
  }
})

test('it says so in its errors, and beside the links of its own', async (t) => {
  const { app } = await testApplication(t, {}, addOld(ANNOUNCED))
  const refused = await app.inject({ url: '/v1/old-guarded' })
  t.equal(refused.statusCode, 401)
  t.equal(refused.headers.deprecation, '@1798761600')
  const page = await app.inject({ url: '/v1/old-page' })
  t.equal(page.headers.link, `</v1/old-page?cursor=x>; rel="next", ${LINK}`)
})

test('without a decided end there is no Sunset; other routes say nothing', async (t) => {
  const { since, link } = ANNOUNCED
  const { app } = await testApplication(t, {}, addOld({ since, link }))
  const { headers } = await app.inject({ url: '/v1/old' })
  t.equal(headers.deprecation, '@1798761600')
  t.notOk(headers.sunset)
  const plain = await app.inject({ url: '/v1/plain' })
  t.equal(plain.statusCode, 200)
  t.notOk(plain.headers.deprecation ?? plain.headers.sunset ?? plain.headers.link)
})

test('the OpenAPI document marks it, and nothing else', async (t) => {
  const { app } = await testApplication(t, {}, addOld(ANNOUNCED))
  const { paths } = (await app.inject({ url: '/openapi.json' })).json<{
    paths: Record<string, Record<string, { deprecated?: boolean; summary?: string }>>
  }>()
  t.match(paths['/v1/old']?.get, { deprecated: true, summary: 'Old' })
  t.notOk(paths['/v1/things']?.post?.deprecated)
})

test('an end before the beginning stops the start', async (t) => {
  const wrong = { ...ANNOUNCED, sunset: new Date('2026-12-31T00:00:00Z') }
  await t.rejects(testApplication(t, {}, addOld(wrong)), /before it is deprecated/)
})
