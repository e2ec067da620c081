import { execFile } from 'node:child_process'
import os from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The server under measurement has this core for itself; whoever loads it, and Postgres, share the other. */
export const SERVER_CORE = 0
export const OTHER_CORE = 1

/** Whether processes can be kept on a core here: by `taskset` (Linux), on a machine that has two. */
export async function canPin(): Promise<boolean> {
  if (os.availableParallelism() < 2) return false
  return run('taskset', ['--version']).then(
    () => true,
    () => false,
  )
}

/** A command that runs on one core, as do the processes that it starts. */
export const onCore = (core: number, command: string, args: readonly string[]): [string, string[]] => [
  'taskset',
  ['-c', String(core), command, ...args],
]

/** Moves processes that run, with all their threads; what they start later stays there, too. */
export async function moveToCore(core: number, pids: readonly number[]): Promise<void> {
  for (const pid of pids) await run('taskset', ['-a', '-c', '-p', String(core), String(pid)])
}
