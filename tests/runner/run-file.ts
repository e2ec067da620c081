import { spawn } from 'node:child_process'
import { tapReader } from './tap-outcome.js'
import type { TapCounts } from './tap-outcome.js'
import type { Outcome } from './tally.js'

/** No file of tests may take longer: a test that hangs is a failure, not a long evening. */
export const FILE_MS_MAX = { usual: 300_000, slow: 1_800_000 } as const
/** On a machine under load, the last lines of a file that has ended may take seconds to arrive. */
const DRAIN_MS_MAX = 15_000
const STDERR_CHARACTERS_KEPT = 8_000

/**
 * Runs one compiled file of tests as a process of its own and reads its TAP. Plain node, without tap's own runner: that
 * loads a TypeScript compiler and a mock loader into each file, a second of CPU for tests that take a tenth.
 * @param name  what the file is called in the report: the source, from the root of the tree
 * @param signal  aborted: the file is stopped, and counts as failed
 */
export async function runFile(
  file: string,
  name: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  fileMsMax: number = FILE_MS_MAX.usual,
): Promise<Outcome> {
  const started = performance.now()
  const tap = tapReader()
  // A group of its own, so that nothing a test leaves behind outlives it.
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    // tap's own bound for a file is 30 s; ours is the one above
    env: { ...env, TAP: '1', TAP_TIMEOUT: String(fileMsMax / 1000) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    tap.write(chunk)
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_CHARACTERS_KEPT)
  })
  const stopAll = () => {
    killGroup(child.pid)
  }
  process.once('exit', stopAll)
  signal.addEventListener('abort', stopAll)
  const end = await endOf(child, fileMsMax)
  process.removeListener('exit', stopAll)
  signal.removeEventListener('abort', stopAll)
  killGroup(child.pid)
  const seconds = (performance.now() - started) / 1000
  return { name, seconds, ...judge(tap.end(), end, stderr, fileMsMax) }
}

interface End {
  code: number | null
  signal: NodeJS.Signals | null
  timedOut: boolean
}

function endOf(child: ReturnType<typeof spawn>, fileMsMax: number): Promise<End> {
  return new Promise((resolve) => {
    let timedOut = false
    const limit = setTimeout(() => {
      timedOut = true
      killGroup(child.pid)
    }, fileMsMax)
    child.once('error', () => {
      clearTimeout(limit)
      resolve({ code: -1, signal: null, timedOut })
    })
    // 'exit', not 'close': a grandchild that holds the pipe must not keep a finished file waiting for long.
    child.once('exit', (code, signal) => {
      clearTimeout(limit)
      const settle = () => {
        resolve({ code, signal, timedOut })
      }
      const drained = setTimeout(settle, DRAIN_MS_MAX)
      child.once('close', () => {
        clearTimeout(drained)
        settle()
      })
    })
  })
}

/** A file that ended badly with no failed assertion to show for it has failed all the same. */
function judge(
  counts: TapCounts,
  end: End,
  stderr: string,
  fileMsMax: number,
): Pick<Outcome, 'passed' | 'failed' | 'report'> {
  const empty = counts.passed + counts.failed === 0
  const died = end.timedOut || end.code !== 0 || !counts.ok || empty
  const failed = counts.failed === 0 && died ? 1 : counts.failed
  const reason = end.timedOut
    ? `stopped after ${fileMsMax / 1000} s`
    : end.code !== 0
      ? `ended with ${end.signal ?? `exit code ${String(end.code)}`}`
      : empty
        ? 'no test ran'
        : 'its TAP is not whole'
  const report = [...counts.failures, ...(died ? [reason] : []), ...(stderr === '' ? [] : [stderr.trimEnd()])].join(
    '\n',
  )
  return { passed: counts.passed, failed, report: failed === 0 ? '' : report }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already, which is what we want.
  }
}
