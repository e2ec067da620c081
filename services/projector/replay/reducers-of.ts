import type { Client } from '#libs/postgres/database.js'
import { BUILT_IN_REDUCER } from '#libs/postgres/generation.js'
import { loadReducer, loadReducers } from '../tracks/load-reducers.js'
import type { Reducers } from '../tracks/reducers.js'
import type { KnownGeneration } from './generations.js'
import type { ReplayConfig } from './replay-config.js'
import { ReplayError } from './replay-state.js'

/**
 * The reducers that this process has: those that the environment names, and the one that the generation was built by, as
 * long as its module is where it was and what it was.
 */
export const reducersOf = async (
  client: Client,
  config: ReplayConfig,
  { id, reducer }: Pick<KnownGeneration, 'id' | 'reducer'>,
): Promise<Reducers> => {
  const reducers = await loadReducers(config.reducerModules)
  if (reducer === BUILT_IN_REDUCER || reducers.has(reducer)) return reducers
  const { rows } = await client.query<{ module: string | null }>(FIND_MODULE, [id])
  const module = rows[0]?.module ?? null
  const loaded = module === null ? undefined : await loadReducer(module).catch(() => undefined)
  if (loaded?.name !== reducer)
    throw new ReplayError(
      `Generation ${id} is folded by ${reducer}, and no module that this process knows is that. Name it in REDUCER_MODULES.`,
    )
  return new Map([...reducers, [loaded.name, loaded.fold]])
}

const FIND_MODULE = `
  select reducer_module as "module"
    from ledger.replay
   where generation = $1`
