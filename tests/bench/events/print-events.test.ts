import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { registryRecords, statementRecords } from './bench-events.js'

const print = (...args: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL('print-events.js', import.meta.url)), ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  })

const linesOf = (records: Iterable<{ key: string; value: string }>) =>
  [...records].map(({ key, value }) => `${key}\t${value}\n`).join('')

test('the events of the benchmark are printed as they are loaded, key and value on a line', (t) => {
  const { status, stdout } = print('--events', '3000')
  t.equal(status, 0)
  t.equal(stdout, linesOf(statementRecords(3_000)))
  for (const line of stdout.trimEnd().split('\n')) if (line.split('\t').length !== 2) t.fail(line)
  t.equal(print('--registry').stdout, linesOf(registryRecords()))
  t.equal(print('--events', '2', '--seed', '7').stdout, linesOf(statementRecords(2, 7)))
  t.end()
})

test('a mistake in the arguments is named', (t) => {
  for (const args of [['--events', '0'], ['--events', 'many'], ['--seed', '-1'], ['--surprise']]) {
    const { status, stdout, stderr } = print(...args)
    t.equal(status, 2)
    t.equal(stdout, '')
    t.match(stderr, args[0] ?? '')
  }
  t.end()
})
