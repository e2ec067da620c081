import { spawn } from 'node:child_process'
import { constants, accessSync, statSync } from 'node:fs'
import path from 'node:path'

const OUTPUT_BYTES_MAX = 256 * 1024

export interface CommandResult {
  /** Exit code 0. */
  ok: boolean
  /** Standard output and standard error as they came, at most 256 KiB. */
  output: string
}

export interface CommandOptions {
  env: NodeJS.ProcessEnv
  cwd?: string
  user?: { uid: number; gid: number } | undefined
  /** Written to standard input. */
  input?: string
  /** After which the command is killed and counts as failed. */
  msMax: number
  signal?: AbortSignal | undefined
  /** Told what it writes, as it writes it; not necessarily whole lines. */
  onOutput?: ((chunk: string) => void) | undefined
}

/** Runs a command to its end. That it cannot be started, fails or takes too long is an outcome, not a throw. */
export const runCommand = (command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? '/',
      env: options.env,
      signal: options.signal,
      killSignal: 'SIGKILL', // when the signal is aborted
      ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
    })
    // Not the option `timeout`, whose timer stays when the command could not be started.
    const timer = setTimeout(() => child.kill('SIGKILL'), options.msMax)
    let output = ''
    const collect = (chunk: string): void => {
      options.onOutput?.(chunk)
      if (output.length < OUTPUT_BYTES_MAX) output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.stdin.on('error', () => undefined) // it ended without reading; its exit code says more
    child.stdin.end(options.input ?? '')
    child.once('error', (error) => {
      clearTimeout(timer)
      resolve({ ok: false, output: `${output}${error.message}` })
    })
    child.once('close', (code, killedBy) => {
      clearTimeout(timer)
      resolve({ ok: code === 0, output: killedBy ? `${output}\nKilled by ${killedBy}.` : output })
    })
  })

/** The path of a command that is on the PATH, or undefined. */
export const findOnPath = (command: string, env: NodeJS.ProcessEnv): string | undefined =>
  (env.PATH ?? '')
    .split(path.delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => path.join(directory, command))
    .find(isExecutable)

/** Whether we may run this file. */
export const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
