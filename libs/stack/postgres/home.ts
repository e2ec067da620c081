import { randomUUID } from 'node:crypto'
import { chownSync, existsSync, lstatSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { StackError } from '../errors.js'
import { canEnter, type SystemUser } from './system-user.js'

/** Where root keeps the data if the user `postgres` cannot reach the stack's directory. */
const ELSEWHERE = '/var/lib/statement-ledger'

/**
 * The directory that holds PostgreSQL's data: `<dir>/postgres`, owned by whom PostgreSQL runs as. If that user cannot reach
 * it, because a directory above is closed (a project under /root), it becomes a link to a new one that the user can reach.
 * @throws StackError DIRECTORY_UNUSABLE if the link leads nowhere, or if data is already there but out of reach
 */
export const postgresHome = async (
  dir: string,
  user: SystemUser | undefined,
  log: (sentence: string) => void,
): Promise<string> => {
  const home = path.join(dir, 'postgres')
  if (!isThere(home)) {
    makeOwned(home, user)
    if (!(await canEnter(home, user))) {
      rmSync(home, { recursive: true })
      symlinkSync(makeElsewhere(user), home)
      log(`The user ${user?.name ?? ''} cannot reach ${dir}; PostgreSQL keeps its data in ${realpathSync(home)}.`)
    }
  }
  if (!existsSync(home)) {
    throw unusable(
      `${home} is a link to a directory that is no longer there; remove it to begin with an empty database.`,
    )
  }
  const reached = realpathSync(home) // itself, not through the link: that is in the directory which may be closed
  if (await canEnter(reached, user)) return reached
  throw unusable(`The user ${user?.name ?? ''} that PostgreSQL runs as cannot reach ${reached}.`)
}

/** Removes PostgreSQL's data, wherever it is. */
export const removePostgresHome = (dir: string): void => {
  const home = path.join(dir, 'postgres')
  if (!isThere(home)) return
  if (existsSync(home)) rmSync(realpathSync(home), { recursive: true, force: true })
  rmSync(home, { recursive: true, force: true })
}

const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined

const makeOwned = (directory: string, user: SystemUser | undefined): void => {
  mkdirSync(directory, { recursive: true, mode: 0o755 })
  if (user) chownSync(directory, user.uid, user.gid)
}

const makeElsewhere = (user: SystemUser | undefined): string => {
  const elsewhere = path.join(ELSEWHERE, randomUUID())
  try {
    makeOwned(elsewhere, user)
  } catch (error) {
    throw unusable(`${elsewhere} cannot be made: ${error instanceof Error ? error.message : String(error)}.`)
  }
  return elsewhere
}

const unusable = (detail: string): StackError => new StackError({ code: 'DIRECTORY_UNUSABLE', detail })
