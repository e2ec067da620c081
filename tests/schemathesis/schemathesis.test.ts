import { spawn } from 'node:child_process'
import path from 'node:path'
import t, { type Test } from 'tap'
import { ledgerPlace, startLedger, type LedgerProcess } from '#tests/acceptance/ledger-process.js'
import { installSchemathesis } from './install-schemathesis.js'

/**
 * Requests made from the OpenAPI documents, right ones and wrong ones, to a seeded ledger that runs: no answer is a 5xx, each
 * status is a documented one, and every answer is what its schema says. Others are tried by
 * `SCHEMATHESIS_EXAMPLES=200 SCHEMATHESIS_SEED=7 npm test -- tests/schemathesis`.
 */
t.setTimeout(3_600_000)
const { SCHEMATHESIS_EXAMPLES: examples = '8', SCHEMATHESIS_SEED: seed = '1' } = process.env

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
]
/** A module of Python by its path, as schemathesis takes it. */
const HOOKS = path.resolve('tests/schemathesis/hooks.py')
const OUTPUT_CHARACTERS_KEPT = 20_000

const command = installSchemathesis()
const ledger = await startLedger(t, await ledgerPlace(t))

t.test('the api', async (t) => {
  // a stream has no end: tests/services/api/live reads it
  await answersAsDocumented(t, ledger.place.apiUrl, ['--exclude-path', '/v1/changes/stream'])
})

t.test('intake', (t) => answersAsDocumented(t, ledger.place.intakeUrl, []))

async function answersAsDocumented(t: Test, url: string, more: readonly string[]): Promise<void> {
  const { code, output } = await runSchemathesis(ledger, [
    ...['run', `${url}/openapi.json`, '--phases', 'examples,coverage,fuzzing', '--checks', CHECKS.join(',')],
    ...['--max-examples', examples, '--seed', seed, '--workers', '2', '--continue-on-failure', '--no-color'],
    ...['--generation-database', 'none', ...more],
  ])
  const [, cases = '0'] = /(\d+) generated/.exec(output) ?? []
  t.equal(code, 0, `${cases} requests by seed ${seed}`, code === 0 ? {} : { output: output.split('\n') })
  t.ok(Number(cases) > 500, `${cases} requests were made`)
}

function runSchemathesis({ key, place }: LedgerProcess, args: readonly string[]) {
  const child = spawn(command, [...args, '--header', `Authorization: Bearer ${key}`], {
    cwd: place.dir, // it leaves a cache where it is run
    env: { ...process.env, SCHEMATHESIS_HOOKS: HOOKS },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-OUTPUT_CHARACTERS_KEPT)))
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}
