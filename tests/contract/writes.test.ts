import t from 'tap'
import { readSeedText, SEED_FILES } from '#seeds/seed-lines.js'
import { testIntake, type TestIntake } from '#tests/services/intake/intake.js'
import type { OpenApiDocument } from './documents.js'
import { holdAgainst } from './hold-against.js'

/** What each `{id}` of a path stands for, so that the examples of the document are about something that is there. */
const IDS: Record<string, string> = {
  statements: 'uw-044',
  actors: 'irn',
  offices: 'irn.foreign-minister.amir-abdollahian',
  dossiers: 'ukraine-war',
  matters: 'irn-rus.uav',
  sources: 'mehr-news-agency',
  reports: 'report-004',
}
/** What examples name and the seeds do not have. */
const BESIDE_THE_SEEDS = [
  { path: '/v1/actors', body: { id: 'abbas-araghchi', kind: 'PERSON', name: 'Abbas Araghchi' } },
  { path: '/v1/actors', body: { id: 'tehran-government', kind: 'ORGANISATION', name: 'The government in Tehran' } },
]
const NDJSON = 'application/x-ndjson'

t.setTimeout(120_000) // a bound for a busy machine

t.test('every operation of intake takes its own example, and answers as its document says', async (t) => {
  const intake = await testIntake(t)
  const document = (await intake.intake.app.inject({ url: '/openapi.json' })).json<OpenApiDocument>()
  await loadSeeds(intake)
  const key = await issuedKey(intake)
  for (const [path, { post }] of inOrder(document)) {
    const [[media, { examples = {} }] = ['', { examples: {} }]] = Object.entries(post?.requestBody?.content ?? {}) as [
      string,
      { examples?: Record<string, { value: unknown }> },
    ][]
    const example = Object.values(examples)[0]?.value
    const url = addressOf(path, key)
    const call = async (payload: string, authorization = `Bearer ${intake.key}`) => {
      const {
        statusCode: status,
        headers,
        body: text,
      } = await intake.send(url, payload, {
        'content-type': media,
        authorization,
      })
      const type = String(headers['content-type']).split(';')[0] ?? ''
      holdAgainst(t, document, { path, method: 'post' }, { status, type, text })
      return status
    }
    const body = typeof example === 'string' ? example : JSON.stringify(example)
    t.equal(await call(body), media === NDJSON ? 200 : 202, `${path} takes its example`)
    t.ok((await call('{"nothing":')) >= (media === NDJSON ? 200 : 400), `${path} says what is wrong`)
    t.equal(await call(body, 'Bearer nobody'), 401, `${path} is for who has a key`)
  }
})

/** An actor is unmerged after it was merged; an office, ended last; what is registered, before what refers to it. */
const inOrder = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).sort(([a], [b]) => Number(a === '/v1/statements') - Number(b === '/v1/statements'))

function addressOf(path: string, key: string): string {
  const [, , collection = ''] = path.split('/')
  return path
    .replace('{id}', collection === 'keys' ? key : encodeURIComponent(IDS[collection] ?? ''))
    .replace('{topic}', 'statements')
    .replace('{partition}', '0')
    .replace('{offset}', '0')
}

async function loadSeeds({ send, key }: TestIntake): Promise<void> {
  const texts = [...SEED_FILES.map(readSeedText), BESIDE_THE_SEEDS.map((line) => JSON.stringify(line))]
  for (const lines of texts)
    for (let from = 0; from < lines.length; from += 200) {
      const payload = `${lines.slice(from, from + 200).join('\n')}\n`
      const response = await send('/v1/batches', payload, { 'content-type': NDJSON, authorization: `Bearer ${key}` })
      const refused = response.body.split('\n').filter((line) => line !== '' && !line.includes('"status":202'))
      if (response.statusCode !== 200 || refused.length > 0)
        throw new Error(`${response.statusCode} ${refused[0] ?? ''}`)
    }
}

async function issuedKey({ post }: TestIntake): Promise<string> {
  const response = await post('/v1/keys', { account: 'newsroom', scopes: ['read'] })
  return response.json<{ subject: string }>().subject
}
