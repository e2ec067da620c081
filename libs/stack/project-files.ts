import { existsSync } from 'node:fs'
import path from 'node:path'

/** The directory with our package.json, from wherever this file runs: its source or `dist/`. */
export const PROJECT_DIRECTORY = ((): string => {
  let directory = import.meta.dirname
  while (!existsSync(path.join(directory, 'package.json'))) {
    const parent = path.dirname(directory)
    if (parent === directory) throw new Error(`No package.json above ${import.meta.dirname}.`)
    directory = parent
  }
  return directory
})()

/** A file of libs/stack that the compiler does not copy to `dist/` (pom.xml, configuration). */
export const stackFile = (...names: string[]): string => path.join(PROJECT_DIRECTORY, 'libs', 'stack', ...names)
