import { randomBytes } from 'node:crypto'
import {
  chownSync,
  copyFileSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { StackError } from '../errors.js'
import { LOOPBACK } from '../ports.js'
import { stackFile } from '../project-files.js'
import { readLivePidFile, stopLeftover, writePidFile } from '../processes/pid-file.js'
import { identifyProcess } from '../processes/process-identity.js'
import { runCommand } from '../processes/run-command.js'
import { superviseProcess, type SupervisedProcess, type SupervisedProcessOptions } from '../supervise.js'
import { postgresServes } from './readiness-probe.js'
import type { SystemUser } from './system-user.js'

export interface PostgresOptions extends Pick<SupervisedProcessOptions, 'restartsMax' | 'onEvent' | 'signal'> {
  /** The stack's directory: the log goes to `logs/postgres.log`, the password to `postgres.password`. */
  dir: string
  /** Where the data is, see home.ts. */
  home: string
  /** Where `bin/` with the binaries is, see binaries.ts. */
  binaries: string
  /** Whom to run it as; undefined: as ourselves. */
  user: SystemUser | undefined
  port: number
}

export interface PostgresProcess extends SupervisedProcess {
  /** Contains the password. */
  readonly databaseUrl: string
}

/**
 * Starts PostgreSQL with one database, `ledger`, of the superuser `ledger`; its storage is prepared the first time.
 * @throws StackError POSTGRES_INIT_FAILED, PROCESS_EXITED, PROCESS_NOT_READY
 */
export const startPostgres = async (options: PostgresOptions): Promise<PostgresProcess> => {
  const { dir, home, binaries, user, port, onEvent, signal, restartsMax } = options
  const data = path.join(home, 'data')
  const password = storedPassword(path.join(dir, 'postgres.password'))
  if (!existsSync(data)) await initialise(options, password)
  copyOwned(stackFile('postgres', 'postgresql.conf'), path.join(data, 'postgresql.conf'), user)
  const supervised = await superviseProcess({
    name: 'PostgreSQL',
    command: path.join(binaries, 'bin', 'postgres'),
    args: ['-D', data, '-p', String(port), '-c', `listen_addresses=${LOOPBACK}`],
    env: ENVIRONMENT,
    cwd: home,
    user,
    logFile: path.join(dir, 'logs', 'postgres.log'),
    pidFile: pidFileOf(dir),
    stopSignal: STOP_SIGNAL,
    stopMsMax: 20_000,
    beforeStart: () => removeForeignLock(data),
    // The last backends of one that was killed may take a moment to notice.
    passingFailure: /shared memory block .* is still in use|lock file .* already exists/,
    readyWhen: { check: () => postgresServes(port, NAME, NAME) },
    readyMsMax: 120_000, // after a crash it first reads up to 2 GB of log
    ...(restartsMax !== undefined && { restartsMax }),
    onEvent,
    signal,
  })
  return Object.assign(supervised, { databaseUrl: `postgres://${NAME}:${password}@${LOOPBACK}:${port}/${NAME}` })
}

/**
 * Stops a PostgreSQL of this directory that an earlier run left behind: the one that we noted, else the one that its own lock
 * file names, if it really works in our data directory.
 * @returns its pid, if there was one
 */
export const stopLeftoverPostgres = (dir: string): Promise<number | undefined> => {
  const data = path.join(dir, 'postgres', 'data')
  const pid = lockedBy(data)
  if (pid && !readLivePidFile(pidFileOf(dir)) && process.platform === 'linux' && worksIn(pid, data)) {
    writePidFile(pidFileOf(dir), pid)
  }
  return stopLeftover(pidFileOf(dir), { stopSignal: STOP_SIGNAL, stopMsMax: 20_000 })
}

const NAME = 'ledger'
/** "Fast" shutdown: sessions are ended, transactions rolled back, a checkpoint written. SIGTERM would wait for clients. */
const STOP_SIGNAL = 'SIGINT'
/** Nothing of the user's own PG* variables. LC_ALL, because on macOS it does not start without a locale. */
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' }
const INIT_MS_MAX = 60_000

const pidFileOf = (dir: string): string => path.join(dir, 'run', 'postgres.json')

/** Loopback is open to everyone on this machine, and a superuser can run commands: so there is a password. */
const storedPassword = (file: string): string => {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** Prepares the storage aside and then gives it its name, so that a half-prepared one is never taken for a whole one. */
const initialise = async ({ home, binaries, user, signal }: PostgresOptions, password: string): Promise<void> => {
  const initialising = path.join(home, 'data.initialising')
  const passwordFile = path.join(home, 'initdb.password')
  rmSync(initialising, { recursive: true, force: true })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user) chownSync(passwordFile, user.uid, user.gid)
  const run = async (command: string, args: string[], input = ''): Promise<void> => {
    const options = { env: ENVIRONMENT, cwd: home, user, input, msMax: INIT_MS_MAX, signal }
    const { ok, output } = await runCommand(path.join(binaries, 'bin', command), args, options)
    if (!ok) throw new StackError({ code: 'POSTGRES_INIT_FAILED', detail: `${output.slice(-2_000)}\n` })
  }
  try {
    await run('initdb', ['-D', initialising, `--username=${NAME}`, `--pwfile=${passwordFile}`, ...INITDB_ARGS])
    // Without psql, and before anyone can connect: one statement in single-user mode.
    await run('postgres', ['--single', '-j', '-D', initialising, 'postgres'], `CREATE DATABASE ${NAME};\n\n`)
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(initialising, path.join(home, 'data'))
}

/** Text sorts by code point, on every machine alike. */
const INITDB_ARGS = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--auth=scram-sha-256',
]

/**
 * PostgreSQL itself sees that a lock file is stale, unless its pid has been given to another process since, as happens in
 * containers. Then we remove it: what runs there now is not the PostgreSQL that wrote the file.
 */
const removeForeignLock = (data: string): void => {
  const pid = lockedBy(data)
  if (pid && identifyProcess(pid) && !worksIn(pid, data)) rmSync(path.join(data, 'postmaster.pid'))
}

/** The pid in PostgreSQL's own lock file. */
const lockedBy = (data: string): number | undefined => {
  const lockFile = path.join(data, 'postmaster.pid')
  const pid = existsSync(lockFile) ? Number(readFileSync(lockFile, 'utf8').split('\n')[0]) : 0
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

/** PostgreSQL's working directory is its data directory. Where that cannot be seen (not Linux), let it judge by itself. */
const worksIn = (pid: number, data: string): boolean => {
  if (process.platform !== 'linux') return true
  try {
    return realpathSync(`/proc/${pid}/cwd`) === realpathSync(data)
  } catch {
    return false // another user's
  }
}

const copyOwned = (from: string, to: string, user: SystemUser | undefined): void => {
  copyFileSync(from, to)
  if (user) chownSync(to, user.uid, user.gid)
}
