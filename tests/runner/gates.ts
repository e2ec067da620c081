import { spawn } from 'node:child_process'
import type { Outcome } from './tally.js'

/** A command that has to end with exit code 0. It counts as one test. */
interface Gate {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

/** What has to hold of the sources before a test is worth running. */
export const SOURCE_GATES: readonly Gate[] = [
  { name: 'lint', command: 'node_modules/.bin/eslint', args: ['--max-warnings=0', '.'] },
  { name: 'format', command: 'node_modules/.bin/prettier', args: ['--check', '--log-level=warn', '.'] },
  {
    name: 'import rules',
    command: 'node_modules/.bin/depcruise',
    args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'libs', 'services', 'seeds', 'tests'],
  },
]

/** What needs more of a machine than the project itself: a browser. */
export const CHECK_GATES: readonly Gate[] = [
  { name: 'documentation pages', command: process.execPath, args: ['dist/tests/contract/check-docs.js'] },
]

/** Runs them one after another: two cores have more to do meanwhile. */
export async function runGates(gates: readonly Gate[], done: (outcome: Outcome) => void): Promise<void> {
  for (const gate of gates) done(await runGate(gate))
}

async function runGate(gate: Gate): Promise<Outcome> {
  const started = performance.now()
  const child = spawn(gate.command, gate.args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let report = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (report += chunk))
  }
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve)
    child.once('error', (error) => {
      report += error.message
      resolve(1)
    })
  })
  const failed = code === 0 ? 0 : 1
  const seconds = (performance.now() - started) / 1000
  return { name: gate.name, passed: 1 - failed, failed, seconds, report: failed === 0 ? '' : report.trimEnd() }
}
