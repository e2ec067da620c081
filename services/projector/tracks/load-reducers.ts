import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FoldTrack, Reducers } from './reducers.js'

/** A fold of an operator's own, and the name under which generations that it made are registered. */
export interface LoadedReducer {
  /** `<file>@<first 12 digits of its SHA-256>`: what it imports is not in it, so a reducer that is to be kept is one file. */
  readonly name: string
  readonly fold: FoldTrack
}

/**
 * Imports an ES module that exports `foldTrack` with the signature of libs/ledger/fold-track.ts.
 * @throws Error where it cannot be read, or exports no such function
 */
export const loadReducer = async (modulePath: string): Promise<LoadedReducer> => {
  const file = path.resolve(modulePath)
  const source = await readFile(file).catch((cause: unknown) => {
    throw new Error(`The reducer ${modulePath} cannot be read.`, { cause })
  })
  const name = `${path.basename(file)}@${createHash('sha256').update(source).digest('hex').slice(0, 12)}`
  const module = (await import(pathToFileURL(file).href)) as { readonly foldTrack?: unknown }
  if (typeof module.foldTrack !== 'function') throw new Error(`The reducer ${modulePath} does not export foldTrack.`)
  return { name, fold: module.foldTrack as FoldTrack }
}

export const loadReducers = async (modulePaths: readonly string[]): Promise<Reducers> => {
  const loaded = await Promise.all(modulePaths.map(loadReducer))
  return new Map(loaded.map(({ name, fold }) => [name, fold]))
}
