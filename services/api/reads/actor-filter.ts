import { resolveActor } from '#libs/ledger/registry.js'
import type { ApiReads } from '../route.js'

/**
 * Runs a list whose filters name actors, and once more with their canonical ids where nothing was found: so a name or
 * an alias (`Tehran`) finds what it stands for, and an id, the usual case, costs nothing.
 * @param isEmpty whether the first run's result says that the filter may have been an alias
 */
export const withActors = async <F extends object, T>(
  { reads, registry }: ApiReads,
  filters: F,
  names: readonly (keyof F)[],
  run: (filters: F) => Promise<T>,
  isEmpty: (result: T) => boolean,
): Promise<T> => {
  const result = await run(filters)
  const given = names.filter((name) => typeof filters[name] === 'string')
  if (given.length === 0 || !isEmpty(result)) return result
  const known = await reads.snapshot((snapshot) => registry.at(snapshot))
  const resolved = given.map((name) => [name, resolveActor(known, String(filters[name]))] as const)
  if (resolved.every(([name, id]) => id === undefined || id === filters[name])) return result
  return run({ ...filters, ...Object.fromEntries(resolved.filter(([, id]) => id !== undefined)) })
}
