import { chmodSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import type { Resources } from '#libs/lifecycle/close-in-reverse.js'
import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { openStack, removeStack } from '#libs/stack/open-stack.js'
import { CHECK_GATES, runGates, SOURCE_GATES } from './gates.js'
import { FILE_MS_MAX, runFile } from './run-file.js'
import { selectTests } from './selection.js'
import type { TestFile } from './selection.js'
import { describe, tally } from './tally.js'
import type { Outcome } from './tally.js'

const USAGE = `npm test [-- PATH …]      lint, and all tests but the slow ones; with paths (files or folders under tests/) only those, without lint
npm run check             all of it, as CI does`
const ALL = '--all'
/** Two cores: more would only make each slower. */
const JOBS = 2

/**
 * Runs the gates and the tests that the arguments name (`--all`: the slow ones too), on one Kafka and one Postgres that it
 * starts if a test needs them, and prints what came of each. The last line is `N passed, N failed`.
 * @returns the exit code: 0 if something ran and nothing failed, 2 for a usage mistake
 */
export async function runTests(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg.startsWith('-')) && args.join() !== ALL) {
    print(`${USAGE}\n\n0 passed, 1 failed`)
    return 2
  }
  using stopped = watchStopSignals()
  const outcomes: Outcome[] = []
  const done = (outcome: Outcome) => {
    outcomes.push(outcome)
    print(describe(outcome))
  }
  try {
    await runAll(args, done, stopped.signal)
  } catch (error) {
    const report = error instanceof Error ? (error.stack ?? error.message) : String(error)
    done({ name: 'the runner', passed: 0, failed: 1, seconds: 0, report })
  }
  const { line, exitCode } = tally(outcomes)
  print(`\n${line}`)
  return exitCode
}

async function runAll(args: readonly string[], done: (outcome: Outcome) => void, signal: AbortSignal): Promise<void> {
  const paths = args.filter((arg) => arg !== ALL)
  const files = selectTests(paths).filter(({ isSlow }) => args.length > 0 || !isSlow)
  await using resources = closeInReverse()
  const temporary = temporaryDirectory(resources)
  const env = { ...process.env, TMPDIR: temporary }
  const alone = files.filter((file) => file.runsAlone)
  const shared = files.filter((file) => !file.runsAlone)
  const needing = shared.filter((file) => file.needsStack)
  const pure = shared.filter((file) => !file.needsStack)
  const withGates = paths.length === 0
  // each keeps one of the two cores busy
  await Promise.all([
    withGates ? runGates(SOURCE_GATES, done) : undefined,
    runInTurn(pure, withGates ? 1 : JOBS, env, done, signal),
  ])
  if (needing.length > 0) await runOnStack(needing, env, done, signal)
  // whole ledgers, with a Kafka each: when the shared one has given its memory back
  await runInTurn(alone, JOBS, env, done, signal)
  if (args.includes(ALL)) await runGates(CHECK_GATES, done)
}

/** Where the tests put what they need for a while: gone when they are, also where one died and could not clean up. */
function temporaryDirectory(resources: Resources): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'ledger-tests-'))
  chmodSync(directory, 0o711) // Postgres runs as a user of its own when we are root, and must get through
  resources.defer('the temporary directory', () => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
  return directory
}

/** Tests that share one Kafka and one Postgres, started for them and removed after them. */
async function runOnStack(
  files: readonly TestFile[],
  env: NodeJS.ProcessEnv,
  done: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  await using resources = closeInReverse()
  const dir = path.join(env.TMPDIR ?? os.tmpdir(), 'stack')
  resources.defer('the directory of the stack', () => removeStack(dir), { closeMsMax: 30_000 })
  const stack = resources.add(await openStack({ dir, restartsMax: 0, signal }), { closeMsMax: 60_000 })
  const stackEnv = {
    ...env,
    TEST_KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    TEST_DATABASE_URL: stack.databaseUrl,
  }
  await runInTurn(files, JOBS, stackEnv, done, signal)
}

async function runInTurn(
  files: readonly TestFile[],
  jobs: number,
  env: NodeJS.ProcessEnv,
  done: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  const queue = [...files]
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined && !signal.aborted; file = queue.shift()) {
      done(await runFile(file.compiled, file.source, env, signal, file.isSlow ? FILE_MS_MAX.slow : FILE_MS_MAX.usual))
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  if (signal.aborted) throw new Error('The tests were stopped.')
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
