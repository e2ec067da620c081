import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const VERSION = '4.32.5'
/** Beside Kafka's jars, outside `node_modules`: installed once, and not again after each `npm ci`. */
const HOME = path.resolve('.ledger', 'tools', `schemathesis-${VERSION}`)
const DONE = path.join(HOME, 'installed')

/**
 * Installs schemathesis into a Python environment of its own, once.
 * @returns the path of its command
 * @throws Error that says what is missing: Python 3.10 or newer with venv, or the package
 */
export function installSchemathesis(): string {
  const command = path.join(HOME, 'bin', 'schemathesis')
  if (existsSync(DONE)) return command
  rmSync(HOME, { recursive: true, force: true })
  run('python3', ['-m', 'venv', HOME], 'Install Python 3.10 or newer, with its venv module.')
  run(
    path.join(HOME, 'bin', 'pip'),
    ['install', '--quiet', `schemathesis==${VERSION}`],
    'Can pip reach a package index?',
  )
  writeFileSync(DONE, `${VERSION}\n`)
  return command
}

function run(command: string, args: readonly string[], advice: string): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 240_000 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed. ${advice}\n${error?.message ?? stderr}`)
}
