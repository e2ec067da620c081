import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { ledgerClient } from '#libs/client/ledger-client.js'
import type { LedgerClient } from '#libs/client/ledger-client.js'
import { removeStack } from '#libs/stack/open-stack.js'
import { findFreePort } from '#libs/stack/ports.js'

/** Where a ledger of a test is, and how it is reached; the same before and after a restart. */
export interface LedgerPlace {
  dir: string
  intakeUrl: string
  apiUrl: string
  env: NodeJS.ProcessEnv
}

/** A ledger that runs as `npm start` runs one. */
export interface LedgerProcess {
  place: LedgerPlace
  client: LedgerClient
  key: string
  /** All that it has written so far, standard output and standard error. */
  output(): string
  /** Of a service, `kafka` or `postgres`, as the ledger's directory notes it. */
  pidOf(name: string): number
  /** The same, or undefined while it is not running: between a kill and the restart that follows. */
  findPid(name: string): number | undefined
  /** Ctrl-C. @returns the exit code */
  stop(): Promise<number | null>
}

/** A directory and ports of its own; removed when the test ends. */
export async function ledgerPlace(t: Test): Promise<LedgerPlace> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-acceptance-'))
  t.teardown(() => removeStack(dir))
  const apiPort = await findFreePort()
  const intakePort = await findFreePort([apiPort])
  const projectorPort = await findFreePort([apiPort, intakePort])
  return {
    dir,
    apiUrl: `http://127.0.0.1:${apiPort}`,
    intakeUrl: `http://127.0.0.1:${intakePort}`,
    env: {
      ...process.env,
      LEDGER_DIR: dir,
      API_PORT: String(apiPort),
      INTAKE_PORT: String(intakePort),
      PROJECTOR_PORT: String(projectorPort),
      KAFKA_BROKERS: '',
      DATABASE_URL: '',
    },
  }
}

/** Starts a ledger and waits until it says that it is ready. @throws Error with its output if it does not */
export async function startLedger(t: Test, place: LedgerPlace, env: NodeJS.ProcessEnv = {}): Promise<LedgerProcess> {
  const { child, output } = runStart({ ...place.env, ...env })
  t.teardown(() => end(child))
  await untilReady(child, output)
  const key = readFileSync(path.join(place.dir, 'development-key'), 'utf8').trim()
  const findPid = (name: string) => pidIn(path.join(place.dir, 'run', `${name}.json`))
  return {
    place,
    key,
    output,
    client: ledgerClient({ ...place, key, retriesMax: 15 }),
    findPid,
    pidOf: (name) => {
      const pid = findPid(name)
      if (pid === undefined) throw new Error(`${name} is not running:\n${output()}`)
      return pid
    },
    stop: () => end(child),
  }
}

const pidIn = (file: string): number | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid : undefined

/** `npm start` with nothing between: a signal to it reaches it. */
export function runStart(env: NodeJS.ProcessEnv, ...args: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['services/operator/start/main.mjs', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  }
  return { child, output: () => output }
}

export const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', resolve))

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
  return exitOf(child)
}

const READY_MS_MAX = 120_000

async function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  const giveUpAt = Date.now() + READY_MS_MAX
  while (!output().includes('Write:')) {
    if (child.exitCode !== null) throw new Error(`The ledger ended with exit code ${child.exitCode}:\n${output()}`)
    if (Date.now() > giveUpAt) throw new Error(`The ledger is not ready after ${READY_MS_MAX} ms:\n${output()}`)
    await sleep(50)
  }
}
