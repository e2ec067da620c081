import t, { test } from 'tap'
import { RECORD_BYTES_MAX } from '#libs/contracts/topics.js'
import { registerBasics, statement, testIntake } from './intake.js'

t.setTimeout(120_000) // a bound for a busy machine

const evidence = (fields: object) => [{ report: 'report-1', published: '2022-10-20', fidelity: 'VERBATIM', ...fields }]

/** What callers get wrong: the body or its text, then status, code and pointer of the first fault. */
const BAD: [what: string, body: object | string, status: number, code: string, pointer: string | undefined][] = [
  ['not JSON', '{"dossier": "ukraine-war"', 400, 'JSON_INVALID', ''],
  ['duplicate keys', JSON.stringify(statement()).replace('{', '{"act":"DENY",'), 400, 'JSON_DUPLICATE_KEY', '/act'],
  ['NUL', statement({ gist: 'a\0b' }), 400, 'JSON_NUL', '/gist'],
  [
    'half a surrogate pair',
    JSON.stringify(statement({ gist: 'GIST' })).replace('GIST', '\\ud83d'),
    400,
    'JSON_LONE_SURROGATE',
    '/gist',
  ],
  ['nested too deeply', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 400, 'JSON_TOO_DEEP', ''],
  ['an unknown field', statement({ speeker: 'irn' }), 422, 'FIELD_UNKNOWN', '/speeker'],
  ['a field that is missing', statement({ act: undefined }), 422, 'FIELD_MISSING', '/act'],
  ['an unknown value', statement({ act: 'WHISPER' }), 422, 'VALUE_UNKNOWN', '/act'],
  [
    'a value of another facet',
    statement({ stances: [{ matter: 'irn-rus.uav', facet: 'NORM', value: 'DENY' }] }),
    422,
    'VALUE_UNKNOWN',
    '/stances/0/value',
  ],
  [
    'an impossible date',
    statement({ evidence: evidence({ said: '2022-02-30' }) }),
    422,
    'DATE_INVALID',
    '/evidence/0/said',
  ],
  [
    'an interval that ends before it begins',
    statement({ evidence: evidence({ said: '2022-10-05/2022-10-01' }) }),
    422,
    'DATE_ORDER',
    '/evidence/0/said',
  ],
  [
    'said after publication',
    statement({ evidence: evidence({ said: '2022-10-21' }) }),
    422,
    'DATE_AFTER_PUBLICATION',
    '/evidence/0/said',
  ],
  ['an unknown speaker', statement({ speaker: 'nobody' }), 422, 'ACTOR_UNKNOWN', '/speaker'],
  [
    'a name that is nobody’s',
    statement({ onBehalfOf: [{ actor: 'The Moon!', capacity: 'OWN' }] }),
    422,
    'ACTOR_UNKNOWN',
    '/onBehalfOf/0/actor',
  ],
  ['an unknown office', statement({ office: 'irn.pm' }), 422, 'OFFICE_UNKNOWN', '/office'],
  ['an office that another holds', statement({ speaker: 'rus' }), 422, 'OFFICE_NOT_HELD', '/office'],
  ['an unknown dossier', statement({ dossier: 'nowhere', stances: [] }), 422, 'DOSSIER_UNKNOWN', '/dossier'],
  ['an unknown matter', statement({ about: ['nothing'] }), 422, 'MATTER_UNKNOWN', '/about/0'],
  [
    'a matter of another dossier',
    statement({ stances: [{ matter: 'other', facet: 'FACT', value: 'DENY' }] }),
    422,
    'MATTER_NOT_IN_DOSSIER',
    '/stances/0/matter',
  ],
  [
    'stances that overlap',
    statement({ stances: ['DENY', 'AFFIRM'].map((value) => ({ matter: 'irn-rus.uav', facet: 'FACT', value })) }),
    422,
    'STANCES_OVERLAP',
    '/stances/1',
  ],
  ['too large', statement({ gist: 'x'.repeat(300_000) }), 413, 'BODY_TOO_LARGE', ''],
  ['too large once it is an event', almostTooLarge(), 413, 'BODY_TOO_LARGE', ''],
]

test('what callers get wrong is a problem with a code and a pointer, and nothing of it is published', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const before = await intake.recordCount()
  for (const [what, body, status, code, pointer] of BAD) {
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await intake.send('/v1/statements', payload, {
      'content-type': 'application/json',
      authorization: `Bearer ${intake.key}`,
    })
    const problem = response.json<{ code: string; errors?: { pointer?: string; code: string }[] }>()
    t.equal(response.statusCode, status, `${what}: ${response.body.slice(0, 300)}`)
    t.equal(problem.code, code, what)
    t.equal(problem.errors?.[0]?.pointer, pointer, what)
    t.match(response.headers['content-type'], 'application/problem+json')
  }
  t.equal(await intake.recordCount(), before)
})

test('wrong content type, no key, wrong key, wrong scope, wrong Idempotency-Key, unknown parameter', async (t) => {
  const intake = await testIntake(t)
  await registerBasics(intake)
  const before = await intake.recordCount()
  const body = JSON.stringify(statement())
  const json = { 'content-type': 'application/json' }
  const authorization = `Bearer ${intake.key}`
  const codeOf = async (url: string, headers: Record<string, string>) => {
    const response = await intake.send(url, body, headers)
    const { code, errors } = response.json<{ code: string; errors?: { pointer?: string }[] }>()
    return `${response.statusCode} ${code} ${errors?.[0]?.pointer ?? ''}`.trim()
  }
  t.equal(
    await codeOf('/v1/statements', { 'content-type': 'text/plain', authorization }),
    '415 CONTENT_TYPE_UNSUPPORTED content-type',
  )
  t.equal(await codeOf('/v1/statements', json), '401 KEY_MISSING authorization')
  t.equal(await codeOf('/v1/batches', { 'content-type': 'application/x-ndjson' }), '401 KEY_MISSING authorization')
  t.equal(await codeOf('/v1/statements', { ...json, authorization: 'Bearer wrong' }), '401 KEY_INVALID authorization')
  const reader = await intake.post('/v1/keys', { account: 'reader', scopes: ['read'] })
  const { key } = reader.json<{ key: string }>()
  t.equal(
    await codeOf('/v1/statements', { ...json, authorization: `Bearer ${key}` }),
    '403 SCOPE_MISSING authorization',
  )
  t.equal(
    await codeOf('/v1/statements', { ...json, authorization, 'idempotency-key': 'x'.repeat(201) }),
    '400 IDEMPOTENCY_KEY_INVALID idempotency-key',
  )
  t.equal(await codeOf('/v1/statements?dry=1', { ...json, authorization }), '400 PARAMETER_UNKNOWN dry')
  t.equal(await codeOf('/v1/statements/NOT%20AN%20ID/evidence', { ...json, authorization }), '400 PARAMETER_INVALID id')
  t.equal(await codeOf('/v1/statement', { ...json, authorization }), '404 ROUTE_UNKNOWN')
  t.equal(await intake.recordCount(), before + 1, 'the key alone')
})

/** A body that is just let in, and that the attributes of an event make too large for a record. */
function almostTooLarge(): object {
  const filler = { quote: 'y'.repeat(1_000), paraphrase: 'x'.repeat(1_900), dateBasis: 'z'.repeat(290) }
  const body = { ...statement(), evidence: [] as unknown[], gist: '' }
  while (JSON.stringify(body).length < RECORD_BYTES_MAX - 3_600) body.evidence.push(...evidence(filler))
  for (const quote of ['q'.repeat(1_000), 'q'.repeat(400)]) {
    const [last] = evidence({ quote })
    if (JSON.stringify(body).length + JSON.stringify(last).length < RECORD_BYTES_MAX - 1_900) body.evidence.push(last)
  }
  body.gist = 'g'.repeat(RECORD_BYTES_MAX - 50 - JSON.stringify(body).length)
  return body
}
