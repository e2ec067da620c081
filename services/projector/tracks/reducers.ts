import type { foldTrack } from '#libs/ledger/fold-track.js'
import { BUILT_IN_REDUCER } from '#libs/postgres/generation.js'
import { Halted } from '../checkpoints/halt.js'

/** A fold as libs/ledger/fold-track.ts has it: pure, total, of the set of statements only. */
export type FoldTrack = typeof foldTrack

/** Folds beside the built-in one, by the names under which generations are registered. */
export type Reducers = ReadonlyMap<string, FoldTrack>

/**
 * The fold that a generation is made by; null for the built-in one, which extends tracks instead of folding them whole.
 * @throws Halted where this process does not have it: going on with another fold would undo what an operator accepted
 */
export const reducerNamed = (
  { generation, reducer }: { readonly generation: number; readonly reducer: string },
  reducers: Reducers | undefined,
): FoldTrack | null => {
  if (reducer === BUILT_IN_REDUCER) return null
  const fold = reducers?.get(reducer)
  if (fold) return fold
  throw new Halted(
    `Generation ${generation} is folded by the reducer ${reducer}, which this process does not have. Start it with ` +
      'REDUCER_MODULES naming that module, or promote a generation that is folded by a reducer it has.',
  )
}
