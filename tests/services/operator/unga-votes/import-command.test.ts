import { gzipSync } from 'node:zlib'
import path from 'node:path'
import t from 'tap'
import { runLedger } from '#services/operator/run-ledger.js'
import { importUngaVotes } from '#services/operator/commands/import-unga-votes.js'

const directory = t.testdir({
  'votes.csv.gz': gzipSync('rcid,country,country_code,vote\n4676,Iran,IR,yes\n'),
  'roll-calls.csv.gz': gzipSync(
    'rcid,session,date,unres,amend,para,short,descr\n4676,61,2006-12-06,R/61/89,,,,Towards\n',
  ),
  'other.csv.gz': gzipSync('a,b\n1,2\n'),
  'key.txt': 'from-a-file\n',
})
const file = (name: string) => path.join(directory, name)

async function ledger(...args: string[]) {
  const lines: { out: string[]; err: string[] } = { out: [], err: [] }
  const exitCode = await runLedger(['import', 'unga-votes', ...args], {
    out: (line) => lines.out.push(line),
    err: (line) => lines.err.push(line),
    env: {},
    signal: new AbortController().signal,
  })
  return { exitCode, ...lines }
}

t.test('what was typed wrongly, and files that do not fit, end with exit code 2 and one sentence', async (t) => {
  const cases = [
    [['votes.csv.gz', 'roll-calls.csv.gz'], '--series'],
    [['votes.csv.gz', 'roll-calls.csv.gz', '--series', '4676,77'], '--dossier'],
    [['votes.csv.gz', 'roll-calls.csv.gz', '--series', '77', '--dossier', 'd'], 'no roll call 77'],
    [['roll-calls.csv.gz', 'votes.csv.gz', '--series', '4676'], 'has no column'],
    [['other.csv.gz', 'roll-calls.csv.gz', '--series', '4676'], 'other.csv.gz has no column rcid'],
    [['key.txt', 'roll-calls.csv.gz', '--series', '4676'], 'is not gzip'],
    [['votes.csv.gz', 'roll-calls.csv.gz', '--series', '4676', '--intake', 'ftp://x'], 'INTAKE_URL'],
    [['votes.csv.gz', 'roll-calls.csv.gz', '--series', '4676', '--key-file', '/nowhere'], '--key-file'],
  ] as const
  for (const [args, said] of cases) {
    const { exitCode, out, err } = await ledger(...args.map((arg) => (/\.(gz|txt)$/.test(arg) ? file(arg) : arg)))
    t.equal(exitCode, 2, args.join(' '))
    t.match(err.at(-1), said)
    t.same(out, [])
  }
})

t.test('the key comes from the option, a file or the environment', (t) => {
  const key = (flags: object, env = {}) =>
    importUngaVotes.parse(['v', 'r'], { series: '4676', ...flags }, env).connection.key
  t.equal(key({ key: 'typed' }), 'typed')
  t.equal(key({ keyFile: file('key.txt') }), 'from-a-file')
  t.equal(key({}, { LEDGER_KEY: 'of the environment' }), 'of the environment')
  t.end()
})
