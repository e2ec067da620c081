import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from './errors.js'
import { startChild, type Child, type ChildSpec, type Exit } from './processes/child-process.js'
import { keepLogWithinBound } from './processes/log-file.js'

export interface SupervisedProcessOptions extends ChildSpec {
  /** How to tell that it is ready: a line of its output, or a question that it answers. Asked every 50 ms. */
  readyWhen: { line: string | RegExp } | { check: () => Promise<boolean> }
  /** How long it may take to become ready. Default 30,000. */
  readyMsMax?: number
  /** What to put in order before each start. */
  beforeStart?: () => void | Promise<void>
  /** What in its last lines says that the cause will pass by itself, so that a start is tried again, up to 8 times. */
  passingFailure?: RegExp
  /** Restarts after an unexpected exit, within `restartsWindowMs`, before we give up. 0: none. Default 5. */
  restartsMax?: number
  /** Default 60,000. */
  restartsWindowMs?: number
  /** The wait before the first restart, doubled with each further one up to `backoffMsMax`. Default 250 and 5,000. */
  backoffMs?: number
  backoffMsMax?: number
  onEvent?: ((event: ProcessEvent) => void) | undefined
  /** Gives up the first start when aborted; what was started is stopped. */
  signal?: AbortSignal | undefined
}

export type ProcessEvent =
  | { kind: 'ready'; name: string; pid: number; readyAfterMs: number }
  | { kind: 'exited'; name: string; pid: number | undefined; how: string; lastLines: string[] }
  | { kind: 'restarting'; name: string; restart: number; restartsMax: number; delayMs: number }
  | { kind: 'gaveUp'; name: string; restartsMax: number; lastLines: string[] }
  | { kind: 'stopped'; name: string }

export interface SupervisedProcess extends AsyncDisposable {
  readonly name: string
  /** Of the process that runs now; undefined between two of them. */
  readonly pid: number | undefined
  readonly state: ProcessState
  /**
   * Sends a signal as an outsider would; the supervisor treats an exit that follows as unexpected. Resolves when the
   * process is gone, for signals that let it live (SIGSTOP, SIGCONT, SIGHUP …) at once.
   */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Stops it if it runs, starts it again and waits until it is ready. Forgets earlier failures. Throws as the start does. */
  restart(): Promise<void>
  /** Asks it to stop, waits within its bound, then kills it. Resolves when it is gone. */
  stop(): Promise<void>
}

export type ProcessState = 'starting' | 'running' | 'stopped' | 'waitingToRestart' | 'failed'

/**
 * Starts a process, waits until it is ready, and keeps it running: an unexpected exit is reported with the last log lines,
 * and the process is started again with a growing delay and within a bound.
 * @throws StackError PROCESS_EXITED or PROCESS_NOT_READY if the first start fails (it is not tried again: what fails at
 *   once is a mistake that a person must mend), STOPPED_WHILE_STARTING if `signal` was aborted
 */
export const superviseProcess = async (options: SupervisedProcessOptions): Promise<SupervisedProcess> => {
  const supervisor = new Supervisor(options)
  await supervisor.start()
  return supervisor
}

const READY_POLL_MS = 50
const LOG_CHECK_MS = 30_000
const PASSING_FAILURES_MAX = 8
const ENDING_SIGNALS: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGABRT']

class Supervisor implements SupervisedProcess {
  state: ProcessState = 'stopped'
  readonly #options: SupervisedProcessOptions
  #child: Child | undefined
  /** Starting, stopping and restarting happen one after the other, in the order they were asked for. */
  #turn: Promise<unknown> = Promise.resolve()
  #recovery = new AbortController()
  #restartedAt: number[] = []
  #logTimer: NodeJS.Timeout | undefined

  constructor(options: SupervisedProcessOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  get pid(): number | undefined {
    return this.#child?.exit() ? undefined : this.#child?.pid
  }

  start(): Promise<void> {
    return this.#inTurn(() => this.#launch(this.#options.signal))
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    child?.kill(signal)
    if (child && ENDING_SIGNALS.includes(signal)) await child.exited
  }

  restart(): Promise<void> {
    this.#recovery.abort()
    return this.#inTurn(async () => {
      await this.#halt()
      this.#restartedAt = []
      await this.#launch()
    })
  }

  stop(): Promise<void> {
    this.#recovery.abort()
    return this.#inTurn(async () => {
      if (this.state === 'stopped') return
      await this.#halt()
      this.#options.onEvent?.({ kind: 'stopped', name: this.name })
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(step)
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #launch(signal?: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#launchOnce(signal)
        return
      } catch (error) {
        const passes = error instanceof StackError && this.#options.passingFailure?.test(error.message)
        if (!passes || attempt >= PASSING_FAILURES_MAX) throw error
        await sleep(attempt * 100)
      }
    }
  }

  async #launchOnce(signal?: AbortSignal): Promise<void> {
    this.state = 'starting'
    const startedAt = performance.now()
    try {
      await this.#options.beforeStart?.()
      const child = (this.#child = startChild(this.#options))
      await untilReady(child, this.#options, signal)
      this.state = 'running'
      void child.exited.then((exit) => this.#onExit(child, exit))
      const readyAfterMs = Math.round(performance.now() - startedAt)
      this.#options.onEvent?.({ kind: 'ready', name: this.name, pid: child.pid ?? 0, readyAfterMs })
    } catch (error) {
      this.state = 'failed'
      await this.#child?.stop()
      throw error
    }
    this.#logTimer ??= setInterval(() => keepLogWithinBound(this.#options.logFile), LOG_CHECK_MS).unref()
  }

  async #halt(): Promise<void> {
    this.state = 'stopped'
    clearInterval(this.#logTimer)
    this.#logTimer = undefined
    await this.#child?.stop()
  }

  #onExit(child: Child, exit: Exit): void {
    if (this.state !== 'running' || child !== this.#child) return
    this.state = 'waitingToRestart'
    const lastLines = child.lastLines()
    this.#options.onEvent?.({ kind: 'exited', name: this.name, pid: child.pid, how: describeExit(exit), lastLines })
    this.#recovery = new AbortController()
    const { signal } = this.#recovery
    void this.#inTurn(() => this.#restartWithBackoff(signal, lastLines))
  }

  async #restartWithBackoff(signal: AbortSignal, lastLines: string[]): Promise<void> {
    const { restartsMax = 5, backoffMs = 250, backoffMsMax = 5_000, onEvent } = this.#options
    for (;;) {
      if (!this.#mayRestart(restartsMax)) {
        this.state = 'failed'
        onEvent?.({ kind: 'gaveUp', name: this.name, restartsMax, lastLines })
        return
      }
      const restart = this.#restartedAt.length
      const delayMs = Math.min(backoffMsMax, backoffMs * 2 ** (restart - 1))
      onEvent?.({ kind: 'restarting', name: this.name, restart, restartsMax, delayMs })
      if (!(await waited(delayMs, signal))) return
      try {
        await this.#launch(signal)
        return
      } catch (error) {
        if (signal.aborted) return
        lastLines = this.#child?.lastLines() ?? []
        const how = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
        onEvent?.({ kind: 'exited', name: this.name, pid: this.#child?.pid, how, lastLines })
      }
    }
  }

  /** Counts a restart, if the bound still allows one. */
  #mayRestart(restartsMax: number): boolean {
    const { restartsWindowMs = 60_000 } = this.#options
    this.#restartedAt = this.#restartedAt.filter((at) => at > performance.now() - restartsWindowMs)
    if (this.#restartedAt.length >= restartsMax) return false
    this.#restartedAt.push(performance.now())
    return true
  }
}

const untilReady = async (child: Child, options: SupervisedProcessOptions, signal?: AbortSignal): Promise<void> => {
  const { name, logFile, readyMsMax = 30_000 } = options
  const giveUpAt = performance.now() + readyMsMax
  for (;;) {
    if (signal?.aborted) throw new StackError({ code: 'STOPPED_WHILE_STARTING', detail: `${name} was starting.` })
    const exit = child.exit()
    if (exit) {
      const detail = `${name} ended before it was ready: ${describeExit(exit)}.${quote(logFile, child.lastLines())}`
      throw new StackError({ code: 'PROCESS_EXITED', detail })
    }
    if (await isReady(child, options)) return
    if (performance.now() > giveUpAt) {
      const detail = `${name} was not ready after ${readyMsMax} ms.${quote(logFile, child.lastLines())}`
      throw new StackError({ code: 'PROCESS_NOT_READY', detail })
    }
    await sleep(READY_POLL_MS)
  }
}

const isReady = async (child: Child, { readyWhen }: SupervisedProcessOptions): Promise<boolean> => {
  if ('check' in readyWhen) return (await readyWhen.check()) && !child.exit()
  const { line } = readyWhen
  return typeof line === 'string' ? child.output().includes(line) : line.test(child.output())
}

/** Waits, unless the wait is called off. @returns whether the whole time passed */
const waited = (delayMs: number, signal: AbortSignal): Promise<boolean> =>
  sleep(delayMs, true, { signal }).catch(() => false)

const describeExit = ({ code, signal, spawnError }: Exit): string => {
  if (spawnError) return `it could not be started (${spawnError.message})`
  return signal ? `killed by ${signal}` : `exit code ${code ?? 'unknown'}`
}

const quote = (logFile: string, lines: string[]): string =>
  lines.length === 0
    ? ` Nothing was written to ${logFile}.`
    : ` Last lines of ${logFile}:\n${lines.map((line) => `  ${line}`).join('\n')}\n`
