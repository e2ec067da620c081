import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identifyProcess, isStillRunning } from './process-identity.js'

export interface PidRecord {
  pid: number
  identity: string
}

/** Notes a process that we have just started, so that a later run can find it if we are killed. Whole or not at all. */
export const writePidFile = (file: string, pid: number): void => {
  const identity = identifyProcess(pid)
  if (!identity) return // gone already; there is nothing to find
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify({ pid, identity } satisfies PidRecord))
  renameSync(`${file}.new`, file)
}

/** The process that a pid file names, if it is the very one that was noted and it still runs. */
export const readLivePidFile = (file: string): PidRecord | undefined => {
  try {
    const { pid, identity } = JSON.parse(readFileSync(file, 'utf8')) as Partial<PidRecord>
    return pid && identity && isStillRunning(pid, identity) ? { pid, identity } : undefined
  } catch {
    return undefined // none, or not one of ours: nothing that we could safely stop
  }
}

/**
 * Stops a process that an earlier run left behind when it was killed: the signal, a bounded wait, then SIGKILL.
 * @returns its pid, or undefined if there was none
 */
export const stopLeftover = async (
  file: string,
  { stopSignal = 'SIGTERM', stopMsMax = 10_000 }: { stopSignal?: NodeJS.Signals; stopMsMax?: number } = {},
): Promise<number | undefined> => {
  const leftover = readLivePidFile(file)
  if (leftover) {
    signalIfThere(leftover.pid, stopSignal)
    signalIfThere(leftover.pid, 'SIGCONT') // one that was halted could not hear it
    if (!(await isGoneWithin(leftover, stopMsMax))) {
      signalIfThere(leftover.pid, 'SIGKILL')
      await isGoneWithin(leftover, stopMsMax)
    }
  }
  rmSync(file, { force: true })
  return leftover?.pid
}

/** Sends a signal to a process that may have ended in the meantime. */
export const signalIfThere = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const isGoneWithin = async ({ pid, identity }: PidRecord, msMax: number): Promise<boolean> => {
  for (let waitedMs = 0; waitedMs < msMax; waitedMs += 50) {
    if (!isStillRunning(pid, identity)) return true
    await sleep(50)
  }
  return !isStillRunning(pid, identity)
}
