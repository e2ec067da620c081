import { readFileSync } from 'node:fs'
import t from 'tap'
import { breakingChanges } from './compatibility.js'
import { SERVICES, documentOf, type OpenApiDocument } from './documents.js'

t.setTimeout(280_000) // where oasdiff has to be installed first

const baselineOf = (service: string) =>
  JSON.parse(readFileSync(`docs/openapi/${service}.json`, 'utf8')) as OpenApiDocument

t.test('nothing that the committed documents promise has been taken away', async (t) => {
  for (const service of SERVICES) {
    const changes = breakingChanges(baselineOf(service), await documentOf(service), t.testdir())
    t.strictSame(changes, [], `${service}: a promise of docs/openapi is broken`)
  }
})

t.test('what breaks a caller is found, and what does not is let pass', async (t) => {
  const before = await documentOf('api')
  const changed = (change: (document: Mutable) => unknown) => {
    const after = structuredClone(before) as unknown as Mutable
    change(after)
    return breakingChanges(before, after as unknown as OpenApiDocument, t.testdir())
  }
  const positions = '/v1/positions'
  t.not(changed(({ components }) => delete components.schemas.Position?.properties.value).length, 0, 'a field')
  t.not(changed(({ paths }) => delete paths['/v1/positions']).length, 0, 'an operation')
  const parameter = (required: boolean) => ({ name: 'newly', in: 'query', required, schema: { type: 'string' } })
  t.not(
    changed(({ paths }) => paths[positions]?.get?.parameters.push(parameter(true))).length,
    0,
    'a required parameter',
  )
  t.strictSame(
    changed(({ paths }) => paths[positions]?.get?.parameters.push(parameter(false))),
    [],
  )
  t.strictSame(
    changed(({ components }) => {
      const { properties = {} } = components.schemas.Position ?? {}
      properties.newly = { type: 'string' }
    }),
    [],
  )
})

interface Mutable {
  paths: Record<string, Record<string, { parameters: object[] }>>
  components: { schemas: Record<string, { properties: Record<string, object> }> }
}
