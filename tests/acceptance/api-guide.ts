import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Test } from 'tap'
import type { LedgerPlace } from './ledger-process.js'
import { onThisLedger } from './timelines.js'

/** Runs each curl line of docs/api.md: all are answered with something, and only the last with a problem. */
export function guideWorksAsWritten(t: Test, place: LedgerPlace): void {
  const guide = readFileSync('docs/api.md', 'utf8')
  const lines = [...guide.matchAll(/```sh\n(.*?)\n```/gs)].flatMap(([, block = '']) => block.split('\n'))
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'ledger-guide-'))
  t.teardown(() => rmSync(cwd, { recursive: true }))
  for (const line of lines) {
    const { stdout, stderr, status } = spawnSync('sh', ['-c', onThisLedger(line, place)], { encoding: 'utf8', cwd })
    t.equal(status, 0, `${line} ${stderr}`)
    const file = / -o ([\w.]+)$/.exec(line)?.[1]
    t.ok(file === undefined ? stdout.length > 100 : statSync(path.join(cwd, file)).size > 1_000, line)
    t.equal(stdout.includes('"type":"/problems/'), line === lines.at(-1), line)
    t.notMatch(stdout, /^\{"items":\[\],/, `${line} finds something`)
  }
  t.ok(lines.length > 15)
}
