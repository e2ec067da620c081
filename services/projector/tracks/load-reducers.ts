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

/** A module that is no reducer: a mistake of whoever named it. */
export class ReducerError extends Error {
  override readonly name = 'ReducerError'
}

/**
 * Imports an ES module that exports `foldTrack` with the signature of libs/ledger/fold-track.ts.
 * @throws ReducerError where it cannot be read or imported, or exports no such function
 */
export const loadReducer = async (modulePath: string): Promise<LoadedReducer> => {
  const file = path.resolve(modulePath)
  const source = await readFile(file).catch((cause: unknown) => {
    throw new ReducerError(`The reducer ${modulePath} cannot be read.`, { cause })
  })
  const name = `${path.basename(file)}@${createHash('sha256').update(source).digest('hex').slice(0, 12)}`
  const { foldTrack } = await importModule(modulePath, file)
  if (typeof foldTrack !== 'function') throw new ReducerError(`The reducer ${modulePath} does not export foldTrack.`)
  return { name, fold: foldTrack as FoldTrack }
}

const importModule = async (modulePath: string, file: string): Promise<{ readonly foldTrack?: unknown }> => {
  try {
    return (await import(pathToFileURL(file).href)) as { readonly foldTrack?: unknown }
  } catch (cause) {
    throw new ReducerError(`The reducer ${modulePath} cannot be imported: ${String(cause)}`, { cause })
  }
}

export const loadReducers = async (modulePaths: readonly string[]): Promise<Reducers> => {
  const loaded = await Promise.all(modulePaths.map(loadReducer))
  return new Map(loaded.map(({ name, fold }) => [name, fold]))
}
