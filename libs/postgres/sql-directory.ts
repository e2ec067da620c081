import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Our SQL files stay where they are written; the compiler copies only TypeScript to dist/. */
const HERE = fileURLToPath(new URL('.', import.meta.url))
const SOURCE = existsSync(join(HERE, 'migrations'))
  ? HERE
  : fileURLToPath(new URL('../../../libs/postgres', import.meta.url))

export const MIGRATIONS_DIRECTORY = join(SOURCE, 'migrations')

/** The SQL files of a folder of ours, by name. */
export const sqlFilesOf = (...folder: string[]): { name: string; sql: string }[] =>
  readdirSync(join(SOURCE, ...folder))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(SOURCE, ...folder, name), 'utf8') }))
