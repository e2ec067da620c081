import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { runFile } from './run-file.js'
import { selectTests } from './selection.js'
import { describe, tally } from './tally.js'
import { tapReader } from './tap-outcome.js'

/** Whether the process does anything still; one that nobody has collected yet (Z) does not. */
const runs = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z')
}
const never = new AbortController().signal

t.test('assertions are counted at the leaves, subtests are not counted again', (t) => {
  const tap = tapReader()
  tap.write(
    'TAP version 14\n# Subtest: outer\n    ok 1 - one\n    not ok 2 - two\n    1..2\nnot ok 1 - outer\nok 2 - three\n1..2\n',
  )
  const { passed, failed, failures } = tap.end()
  t.strictSame([passed, failed, failures], [2, 1, ['not ok: outer > two']])
  t.end()
})

t.test('a subtest that fails with nothing in it that failed (its plan, a time limit) is counted', (t) => {
  const tap = tapReader()
  tap.write('TAP version 14\n# Subtest: outer\n    ok 1 - one\n    1..1\nnot ok 1 - outer\n1..1\n')
  t.match(tap.end(), { passed: 1, failed: 1 })
  t.end()
})

t.test('a subtest that asserts nothing and does not fail is one that passed', (t) => {
  const tap = tapReader()
  tap.write('TAP version 14\n# Subtest: a law\n    1..0\nok 1 - a law\n1..1\n')
  t.match(tap.end(), { passed: 1, failed: 0, ok: true })
  t.end()
})

t.test('no test at all is a failure', (t) => {
  t.strictSame(tally([]), { line: '0 passed, 1 failed', exitCode: 1 })
  t.strictSame(tally([{ name: 'a', passed: 3, failed: 0, seconds: 1, report: '' }]), {
    line: '3 passed, 0 failed',
    exitCode: 0,
  })
  t.end()
})

t.test('a file that dies counts as failed, with what it said last', async (t) => {
  const dir = t.testdir()
  const endings: Record<
    string,
    { source: string; expected: { passed: number; failed: number; report: RegExp | string } }
  > = {
    passes: { source: "console.log('ok 1 - fine\\n1..1')", expected: { passed: 1, failed: 0, report: '' } },
    'exits early': {
      source: "console.log('ok 1 - fine'); process.exit(3)",
      expected: { passed: 1, failed: 1, report: /exit code 3/ },
    },
    'is killed': {
      source: "process.kill(process.pid, 'SIGKILL')",
      expected: { passed: 0, failed: 1, report: /SIGKILL/ },
    },
    throws: { source: "throw new Error('no such luck')", expected: { passed: 0, failed: 1, report: /no such luck/ } },
    'says nothing': { source: '', expected: { passed: 0, failed: 1, report: /no test ran/ } },
    'stops halfway': {
      source: "console.log('1..2\\nok 1 - fine')",
      expected: { passed: 1, failed: 1, report: /not whole/ },
    },
  }
  for (const [name, { source, expected }] of Object.entries(endings)) {
    const file = path.join(dir, `${name}.mjs`)
    writeFileSync(file, source)
    t.match(await runFile(file, name, process.env, never), expected, name)
  }
})

t.test('a file does not leave a process behind', async (t) => {
  const file = path.join(t.testdir(), 'leaves.mjs')
  writeFileSync(
    file,
    `import { spawn } from 'node:child_process'
     const child = spawn('sleep', ['60'], { stdio: 'ignore' })
     console.log('ok 1 - pid ' + child.pid + '\\n1..1\\n# ' + child.pid)
     child.unref()
     process.stderr.write(String(child.pid))
     process.exit(1)`,
  )
  const { report } = await runFile(file, 'leaves', process.env, never)
  const pid = Number(/(\d+)$/.exec(report)?.[1])
  for (let tried = 0; tried < 50 && runs(pid); tried++) await sleep(20)
  t.notOk(runs(pid))
})

t.test('a path names files or folders of tests; what needs Kafka and Postgres is found out', (t) => {
  const seeds = selectTests(['tests/seeds'])
  t.match(seeds, [{ source: 'tests/seeds/seeds.test.ts', needsStack: false, runsAlone: false }])
  t.strictSame(selectTests(['tests/seeds/', 'tests/seeds/seeds.test.ts']), seeds, 'once each')
  t.strictSame(selectTests(['tests/nowhere']), [])
  t.match(selectTests(['tests/acceptance/start-refusals.test.ts']), [{ runsAlone: true, isSlow: false }])
  t.end()
})

t.test('what passed takes one line, what failed brings its report', (t) => {
  t.equal(describe({ name: 'a', passed: 2, failed: 0, seconds: 0.51, report: '' }), '✔ a  2 passed  0.5 s')
  t.equal(
    describe({ name: 'b', passed: 2, failed: 1, seconds: 1, report: 'x\ny' }),
    '✖ b  2 passed, 1 FAILED  1.0 s\n    x\n    y',
  )
  t.end()
})
