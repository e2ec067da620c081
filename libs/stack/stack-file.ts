import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** What a stack notes in its directory: for other commands of the same user, and to use the same ports again. */
export interface StackFile {
  kafkaBrokers: string[]
  /** With the password. */
  databaseUrl: string
  ports: StackPorts
}

export interface StackPorts {
  kafka: number
  controller: number
  postgres: number
}

/**
 * How to reach the stack that runs, or last ran, in this directory; undefined if there never was one. Whether it runs now,
 * connecting tells.
 */
export const readStackFile = (dir: string): StackFile | undefined => {
  const file = pathOf(dir)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StackFile) : undefined
}

/** Only the owner may read it: it holds the password. */
export const writeStackFile = (dir: string, content: StackFile): void => {
  writeFileSync(`${pathOf(dir)}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${pathOf(dir)}.new`, pathOf(dir))
}

const pathOf = (dir: string): string => path.join(dir, 'stack.json')
