import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { StackError } from './errors.js'
import { readLivePidFile, writePidFile } from './processes/pid-file.js'

/**
 * Lets one process at a time run a stack in a directory.
 *
 * Each contender first leaves a claim of its own, then looks for those of others that still run, and withdraws if there is
 * one. Of two that come at the same moment both may withdraw, but never do both go on; and a stale claim is nobody's to
 * take over, so there is no race about that. A claim names the process by pid and start time, hence a crash frees it.
 * @throws StackError STACK_RUNNING, naming the pid
 */
export const lockDirectory = (directory: string): Disposable => {
  const claims = path.join(directory, 'run', 'claims')
  const mine = `${randomUUID()}.json`
  mkdirSync(claims, { recursive: true })
  writePidFile(path.join(claims, mine), process.pid)
  const release = (): void => rmSync(path.join(claims, mine), { force: true })

  for (const other of readdirSync(claims).filter((name) => name.endsWith('.json') && name !== mine)) {
    const owner = readLivePidFile(path.join(claims, other))
    if (owner) {
      release()
      const detail = `A stack already runs in ${directory}, started by process ${owner.pid}.`
      throw new StackError({ code: 'STACK_RUNNING', detail })
    }
    rmSync(path.join(claims, other), { force: true })
  }
  return { [Symbol.dispose]: release }
}
