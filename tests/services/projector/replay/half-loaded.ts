import { setTimeout } from 'node:timers/promises'
import type { RunningLedger } from './running-ledger.js'

export interface HalfLoaded {
  readonly generation: number
  readonly partsDone: number
  letGo(): Promise<void>
}

/** Stops the replay that is loading once a part of it is there: no checkpoint can be written until it is let go. */
export const holdHalfLoaded = async (ledger: Pick<RunningLedger, 'rows'>): Promise<HalfLoaded> => {
  for (let attempt = 0; attempt < 6_000; attempt++) {
    const [loading] = await ledger.rows<{ generation: number; done: number }>(LOADING)
    if (loading === undefined) {
      await setTimeout(2)
      continue
    }
    await ledger.rows('begin')
    await ledger.rows('lock table ledger.checkpoint in share row exclusive mode')
    const [held] = await ledger.rows<{ generation: number; done: number }>(LOADING)
    if (held === undefined) {
      await ledger.rows('rollback') // or whatever writes a checkpoint later waits for ever
      throw new Error('it was loaded whole before it could be held')
    }
    return {
      generation: held.generation,
      partsDone: held.done,
      letGo: async () => {
        await ledger.rows('rollback')
      },
    }
  }
  throw new Error('nothing was loaded within a while')
}

/** Beside the registry, which is one part. */
const LOADING = `
  select generation,
         count(*)::int - 1 as done
    from ledger.replay
    join ledger.checkpoint using (generation)
   where phase = 'loading'
   group by generation
  having count(*) > 1`
