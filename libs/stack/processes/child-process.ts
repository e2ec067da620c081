import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { lastLogLines, openLog, readLogSince } from './log-file.js'
import { signalIfThere, writePidFile } from './pid-file.js'

export interface ChildSpec {
  /** For messages: "Kafka", "projector". */
  name: string
  command: string
  args: readonly string[]
  /** The child's whole environment. */
  env: NodeJS.ProcessEnv
  cwd?: string
  /** Whom to run it as; only root may choose. */
  user?: { uid: number; gid: number } | undefined
  /** Where standard output and standard error are appended. */
  logFile: string
  /** Where to note the process, so that a later run finds it if we are killed. */
  pidFile?: string
  /** What asks it to stop in order. Default SIGTERM. */
  stopSignal?: NodeJS.Signals
  /** How long it may take to stop before SIGKILL. Default 10,000. */
  stopMsMax?: number
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  /** Why it could not even be started (no such file, no permission). */
  spawnError?: Error
}

export interface Child {
  readonly pid: number | undefined
  readonly exited: Promise<Exit>
  /** Its exit, once it has one. */
  exit(): Exit | undefined
  kill(signal: NodeJS.Signals): void
  /** Asks it to stop, waits within the bound, then kills it. Resolves when it is gone. */
  stop(): Promise<Exit>
  output(): string
  lastLines(): string[]
}

/**
 * Starts one process, once, in a session of its own: a Ctrl-C in the terminal reaches only us, and we stop our children in
 * order. A guard stops the child if we die without having done so.
 */
export const startChild = (spec: ChildSpec): Child => {
  const log = openLog(spec.logFile)
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    ...(spec.user && { uid: spec.user.uid, gid: spec.user.gid }),
  })
  closeSync(log.fd)
  const { pid } = child
  if (pid && spec.pidFile) writePidFile(spec.pidFile, pid)
  const dismissGuard = pid ? startGuard(pid, spec) : () => undefined

  let exit: Exit | undefined
  const exited = exitOf(child).then((result) => {
    exit = result
    dismissGuard()
    if (spec.pidFile) rmSync(spec.pidFile, { force: true })
    return result
  })
  const kill = (signal: NodeJS.Signals): void => {
    if (pid && !exit) signalIfThere(pid, signal)
  }
  return {
    pid,
    exited,
    exit: () => exit,
    kill,
    stop: () => stopInOrder(spec, exited, kill),
    output: () => readLogSince(spec.logFile, log.offset),
    lastLines: () => lastLogLines(spec.logFile, log.offset),
  }
}

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    child.once('error', (spawnError) => resolve({ code: null, signal: null, spawnError }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })

const stopInOrder = async (
  { stopSignal = 'SIGTERM', stopMsMax = 10_000 }: ChildSpec,
  exited: Promise<Exit>,
  kill: (signal: NodeJS.Signals) => void,
): Promise<Exit> => {
  kill(stopSignal)
  kill('SIGCONT') // one that a test has halted could not hear it
  const timer = setTimeout(() => kill('SIGKILL'), stopMsMax)
  try {
    return await exited
  } finally {
    clearTimeout(timer)
  }
}

/**
 * A shell that waits on a pipe from us. A line means that the child is gone; the end of the pipe without one means that we
 * are, however that came about (kill -9 included), and then it stops the child. So children do not outlive us.
 */
const GUARD = `read -r line && exit 0
kill -s "$2" "$1" 2>/dev/null || exit 0
waited=0
while [ "$waited" -lt "$3" ] && kill -0 "$1" 2>/dev/null; do sleep 1; waited=$((waited + 1)); done
kill -s KILL "$1" 2>/dev/null`

const startGuard = (pid: number, { stopSignal = 'SIGTERM', stopMsMax = 10_000 }: ChildSpec): (() => void) => {
  const args = [String(pid), stopSignal.slice('SIG'.length), String(Math.ceil(stopMsMax / 1000))]
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', ...args], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => undefined) // without a shell there is no guard; the pid file remains
  guard.stdin.on('error', () => undefined) // someone ended the guard: same
  guard.unref()
  if ('unref' in guard.stdin) (guard.stdin as Socket).unref() // a pipe that is only held must not keep us running
  return () => void guard.stdin.end('gone\n')
}
