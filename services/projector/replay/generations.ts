import type { Client } from '#libs/postgres/database.js'
import { ReplayError } from './replay-state.js'

/** A generation as commands see it. */
export interface KnownGeneration {
  readonly id: number
  readonly schemaName: string
  readonly reducer: string
  readonly status: 'building' | 'live' | 'retired'
  /** False once its schema was dropped. */
  readonly exists: boolean
  /** Where its replay is; null where there never was one (the first) or it is over. */
  readonly phase: string | null
}

/** @param text as it was typed @throws ReplayError where there is no such generation, or nothing is left of it */
export const findGeneration = async (client: Client, text: string | undefined): Promise<KnownGeneration> => {
  const id = Number(text)
  if (text === undefined || !Number.isInteger(id))
    throw new ReplayError(`'${text ?? ''}' is not the number of a generation.`)
  const { rows } = await client.query<KnownGeneration>(FIND_GENERATION, [id])
  const [generation] = rows
  if (generation === undefined) throw new ReplayError(`There is no generation ${id}. \`ledger status\` lists them.`)
  if (!generation.exists) throw new ReplayError(`Generation ${id} was dropped: nothing is left of it.`)
  return generation
}

/** Whether it is a complete build that can be compared and promoted: of a replay that is ready, or one that was live before. */
export const checkComplete = ({ id, status, phase }: KnownGeneration): void => {
  if (status !== 'building' || phase === 'ready') return
  throw new ReplayError(
    `Generation ${id} is not built yet: it is ${phase ?? 'empty'}. \`ledger replay\` goes on with it.`,
  )
}

const FIND_GENERATION = `
  select generation.id,
         generation.schema_name as "schemaName",
         generation.reducer,
         generation.status,
         to_regnamespace(generation.schema_name) is not null as exists,
         replay.phase
    from ledger.generation
    left join ledger.replay on replay.generation = generation.id
   where generation.id = $1`
