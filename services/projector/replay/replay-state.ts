import type { Client } from '#libs/postgres/database.js'
import { inTransaction } from '#libs/postgres/database.js'
import { BUILT_IN_REDUCER, createGeneration, schemaNameOf } from '#libs/postgres/generation.js'
import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { LoadedReducer } from '../tracks/load-reducers.js'
import {
  DROP_GENERATION,
  FIND_UNFINISHED,
  FORGET_GENERATION,
  INSERT_PARTS,
  INSERT_REPLAY,
  LIST_PARTS,
  NEXT_GENERATION,
  SET_PHASE,
  TRY_REPLAY_LOCK,
} from './replay.sql.js'

export type ReplaySource = 'journal' | 'kafka'

/**
 * loading: the bulk, partition by partition; indexing; following: what the live generation has read since, batch by
 * batch; ready: it stood where the live one stood, and was compared.
 */
export type ReplayPhase = 'loading' | 'indexing' | 'following' | 'ready'

/** A generation in the making. */
export interface Replay {
  readonly generation: number
  readonly schemaName: string
  /** Name of the fold: `built-in`, or a module's. */
  readonly reducer: string
  readonly reducerModule: string | null
  readonly source: ReplaySource
  readonly phase: ReplayPhase
}

/** One partition, as far as the bulk loads it. */
export interface ReplayPart {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly until: number
  readonly recordedAt: Date | null
  readonly done: boolean
}

/** @throws ReplayError where another replay or promotion is under way */
export const lockReplays = async (client: Client): Promise<void> => {
  const { rows } = await client.query<{ locked: boolean }>(TRY_REPLAY_LOCK)
  if (rows[0]?.locked !== true)
    throw new ReplayError('Another replay or promotion is under way: one at a time. It lets go when its process ends.')
}

/** What an operator can mend: said as one sentence, without a stack. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError'
}

export const findUnfinished = async (client: Client): Promise<Replay | undefined> => {
  const { rows } = await client.query<Replay>(FIND_UNFINISHED)
  return rows[0]
}

/** Makes an empty generation, without indexes, and notes how far its bulk goes. */
export const beginReplay = (
  client: Client,
  options: {
    readonly source: ReplaySource
    readonly reducerModule: string | null
    readonly reducer: LoadedReducer | null
  },
): Promise<Replay> =>
  inTransaction(client, async () => {
    const { source, reducerModule } = options
    const { rows } = await client.query<{ id: number }>(NEXT_GENERATION)
    const id = rows[0]?.id ?? 1
    const reducer = options.reducer?.name ?? BUILT_IN_REDUCER
    await createGeneration(client, { id, reducer, indexes: false })
    await client.query(INSERT_REPLAY, [id, source, reducerModule])
    await client.query(INSERT_PARTS, [id])
    return { generation: id, schemaName: schemaNameOf(id), reducer, reducerModule, source, phase: 'loading' }
  })

export const listParts = async (client: Client, generation: number): Promise<ReplayPart[]> => {
  const { rows } = await client.query<ReplayPart>(LIST_PARTS, [generation])
  return rows
}

export const setPhase = async (client: Client, generation: number, phase: ReplayPhase): Promise<void> => {
  await client.query(SET_PHASE, [generation, phase])
}

/** Drops a generation that is not live. Its number is not used again. */
export const discard = (client: Client, generation: number): Promise<void> =>
  inTransaction(client, async () => {
    await client.query(DROP_GENERATION(schemaNameOf(generation)))
    await client.query(FORGET_GENERATION, [generation])
  })
