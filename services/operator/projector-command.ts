import { spawn } from 'node:child_process'
import path from 'node:path'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import type { Io } from './command.js'
import { ledgerEnvironment } from './ledger-database.js'

const SCRIPT = path.join(PROJECT_DIRECTORY, 'dist', 'services', 'projector', 'replay', 'main.js')

/**
 * Runs a command that folds as a process of the projector's, on our own standard streams: services do not import each other.
 * Ctrl-C reaches it as it reaches us; a signal to us alone is passed on, and if we are killed it stops too.
 * @returns its exit code
 */
export const runProjectorCommand = (args: readonly string[], io: Io): Promise<number> => {
  const child = spawn(process.execPath, ['--enable-source-maps', SCRIPT, ...args, '--until-stdin-ends'], {
    env: ledgerEnvironment(io.env),
    // nothing is ever written to it: its end tells that we are gone
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const stop = () => child.kill('SIGINT')
  io.signal.addEventListener('abort', stop, { once: true })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      io.signal.removeEventListener('abort', stop)
      resolve(code ?? 1)
    })
  })
}
