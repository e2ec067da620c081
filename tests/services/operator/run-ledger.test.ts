import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import type { Io } from '#services/operator/command.js'
import { connectionOf } from '#services/operator/connection.js'
import { runLedger } from '#services/operator/run-ledger.js'

/** Runs a command line as a shell would, and keeps what it prints. */
async function run(args: string[], env: Io['env'] = {}) {
  const printed = { out: [] as string[], err: [] as string[] }
  const exitCode = await runLedger(args, {
    out: (line) => printed.out.push(line),
    err: (line) => printed.err.push(line),
    env,
    signal: new AbortController().signal,
  })
  return { exitCode, out: printed.out.join('\n'), err: printed.err.join('\n') }
}

t.test('help is no mistake; an unknown command or option is one', async (t) => {
  t.match(await run(['--help']), { exitCode: 0, out: /seed/ })
  t.match(await run(['sede']), { exitCode: 2 })
  t.match(await run(['seed', '--no-such-option']), { exitCode: 2, err: /no-such-option/ })
})

t.test('an address that is none is a mistake, and nothing is sent', async (t) => {
  t.match(await run(['seed', '--api', 'somewhere']), { exitCode: 2, err: /API_URL/ })
})

t.test('which ledger is meant: the option, else the environment, else the one on this machine', (t) => {
  const dir = t.testdir({ 'development-key': 'sl_here\n' })
  t.strictSame(connectionOf({}, { LEDGER_DIR: dir }), {
    intakeUrl: 'http://127.0.0.1:4001',
    apiUrl: 'http://127.0.0.1:4000',
    key: 'sl_here',
  })
  const env = { LEDGER_DIR: dir, INTAKE_PORT: '5001', API_URL: 'https://ledger.example/', LEDGER_KEY: 'sl_env' }
  t.strictSame(connectionOf({}, env), {
    intakeUrl: 'http://127.0.0.1:5001',
    apiUrl: 'https://ledger.example',
    key: 'sl_env',
  })
  t.match(connectionOf({ api: 'http://other:1', key: 'sl_flag' }, env), { apiUrl: 'http://other:1', key: 'sl_flag' })
  t.match(connectionOf({}, { LEDGER_DIR: t.testdir() }), { key: undefined })
  t.end()
})

t.test('the ledger on this machine is found whatever ports it was started with', (t) => {
  const addresses = { intakeUrl: 'http://127.0.0.1:6001', apiUrl: 'http://127.0.0.1:6000' }
  const dir = t.testdir({ 'services.json': JSON.stringify(addresses) })
  t.match(connectionOf({}, { LEDGER_DIR: dir }), addresses)
  t.match(connectionOf({}, { LEDGER_DIR: dir, API_PORT: '7000' }), {
    ...addresses,
    apiUrl: 'http://127.0.0.1:7000',
  })
  t.end()
})

t.test('it ends without a word when nobody reads on, as in `ledger … | head`', async (t) => {
  const main = fileURLToPath(new URL('../../../services/operator/main.js', import.meta.url))
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const [code] = (await once(child, 'close')) as [number | null]
  t.strictSame({ code, err }, { code: 141, err: '' })
})

t.test('what the package names as its command can be run as it is, whenever it was built', async (t) => {
  const root = new URL('../../../../', import.meta.url)
  const { bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { bin: { ledger: string } }
  const command = fileURLToPath(new URL(bin.ledger, root))
  const { stdout, stderr } = await promisify(execFile)(command, ['--help'])
  t.match({ stdout, stderr }, { stdout: /unga-votes|import/, stderr: '' })
})
