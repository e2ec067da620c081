import type pg from 'pg'
import { BUILT_IN_REDUCER } from '#libs/postgres/generation.js'
import { readCheckpoints } from '../checkpoints/checkpoints.js'
import { loadReducer } from '../tracks/load-reducers.js'
import type { Reducers } from '../tracks/reducers.js'
import { LiveFollower } from './follow-live.js'
import { indexRegistry, indexTables } from './index-generation.js'
import { loadParts } from './load-parts.js'
import { compareAtOneMoment, type Parity } from './parity.js'
import type { ReplayConfig } from './replay-config.js'
import type { ReplayProgress } from './replay-progress.js'
import { COUNT_BEHIND } from './replay.sql.js'
import {
  beginReplay,
  findUnfinished,
  listParts,
  ReplayError,
  setPhase,
  type Replay,
  type ReplaySource,
} from './replay-state.js'

export interface ReplayOptions {
  readonly source: ReplaySource
  /** Path of the module of another fold; null for the built-in one. */
  readonly reducerModule: string | null
}

export interface ReplayResult {
  readonly generation: number
  readonly reducer: string
  readonly source: ReplaySource
  readonly resumed: boolean
  /** Records of the bulk that were loaded now, and how long that and the indexes took. */
  readonly events: number
  readonly seconds: number
  readonly eventsPerSecond: number
  readonly parity: Parity
}

/**
 * Builds a generation beside the live one, or goes on with one that was begun, and compares it with the live one. Publishes
 * nothing. What it has committed stays when it is stopped.
 * @param client holds the lock of replays (`lockReplays`); this is also the connection that follows the live generation
 * @throws what `signal` was aborted with, ReplayError
 */
export const runReplay = async (
  client: pg.Client,
  config: ReplayConfig,
  options: ReplayOptions,
  progress: ReplayProgress,
  signal: AbortSignal,
): Promise<ReplayResult> => {
  const loadedReducer = options.reducerModule === null ? null : await loadReducer(options.reducerModule)
  const unfinished = await findUnfinished(client)
  if (unfinished) checkSame(unfinished, options, loadedReducer?.name ?? BUILT_IN_REDUCER)
  const replay = unfinished ?? (await beginReplay(client, { ...options, reducer: loadedReducer }))
  const reducers: Reducers = new Map(loadedReducer ? [[loadedReducer.name, loadedReducer.fold]] : [])
  const { generation } = replay
  const follower = new LiveFollower(client, {
    generation,
    topicPrefix: config.topicPrefix,
    reducers,
    onProjected: (count) => progress.advance(count),
  })
  progress.phase(
    `Generation ${generation} ${unfinished ? 'is gone on with' : 'is begun'}, from ${said(replay.source)}.`,
  )
  const bulk = await load(client, config, replay, follower, progress, signal)
  await follow(client, replay, follower, progress, signal)
  progress.phase('Comparing it with the live generation.')
  const parity = await compareAtOneMoment(config.database, follower, { signal })
  await setPhase(client, generation, 'ready')
  const { reducer, source } = replay
  return { generation, reducer, source, resumed: unfinished !== undefined, ...bulk, parity }
}

const said = (source: ReplaySource): string => (source === 'journal' ? 'the journal' : 'Kafka')

const checkSame = (unfinished: Replay, { source }: ReplayOptions, reducer: string): void => {
  if (unfinished.source === source && unfinished.reducer === reducer) return
  throw new ReplayError(
    `Generation ${unfinished.generation} was begun from ${said(unfinished.source)} with the reducer ${unfinished.reducer} ` +
      'and is not finished. Go on with it by the same options, or drop it with `ledger replay --discard`.',
  )
}

type Bulk = Pick<ReplayResult, 'events' | 'seconds' | 'eventsPerSecond'>

/** The bulk and then the indexes, as far as they are not there. */
const load = async (
  client: pg.Client,
  config: ReplayConfig,
  replay: Replay,
  follower: LiveFollower,
  progress: ReplayProgress,
  signal: AbortSignal,
): Promise<Bulk> => {
  const startMs = performance.now()
  const { generation } = replay
  let events = 0
  if (replay.phase === 'loading') {
    const open = (await listParts(client, generation)).filter(({ done }) => !done)
    events = open.reduce((sum, { until }) => sum + until, 0)
    progress.phase('Loading', events)
    await loadRegistry(client, replay, follower, signal)
    await loadParts(client, replay, {
      database: config.database,
      kafka: replay.source === 'kafka' ? kafkaOf(config) : undefined,
      topicPrefix: config.topicPrefix,
      warmStatementsMax: config.warmStatementsMax,
      signal,
      onAdvanced: (count) => progress.advance(count),
    })
    await setPhase(client, generation, 'indexing')
  }
  if (replay.phase === 'loading' || replay.phase === 'indexing') {
    progress.phase('Indexing.')
    await indexTables(config.database, generation)
    await setPhase(client, generation, 'following')
  }
  const seconds = (performance.now() - startMs) / 1_000
  return { events, seconds, eventsPerSecond: Math.round(events / Math.max(seconds, 0.001)) }
}

const kafkaOf = (config: ReplayConfig) => {
  if (config.kafka) return config.kafka
  throw new ReplayError('KAFKA_BROKERS is not set: name a Kafka, or replay from the journal.')
}

/** The registry first, with the projector's own code: it is small, and everything else refers to it. */
const loadRegistry = async (
  client: pg.Client,
  { generation }: Replay,
  follower: LiveFollower,
  signal: AbortSignal,
): Promise<void> => {
  await indexRegistry(client, generation)
  const own = await readCheckpoints(client, generation)
  const registry = (await listParts(client, generation)).find(({ topic }) => topic === 'registry')
  if (registry === undefined) return
  const at = { nextOffset: registry.until, recordedAtMs: 0 }
  await follower.followTo({ ...own, byPartition: new Map([['registry/0', at]]) }, signal)
}

const ROUNDS_MAX = 1_000
/** Near enough for the last stretch to be read while a snapshot is open. */
const BEHIND_MAX = 500

/** What the live generation has read since, until there is next to nothing left. */
const follow = async (
  client: pg.Client,
  { generation }: Replay,
  follower: LiveFollower,
  progress: ReplayProgress,
  signal: AbortSignal,
): Promise<void> => {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const { rows } = await client.query<{ behind: number }>(COUNT_BEHIND, [generation])
    const behind = rows[0]?.behind ?? 0
    progress.lag(behind)
    if (behind <= BEHIND_MAX && round > 0) return
    if (behind > 0) progress.phase('Following the live generation', behind)
    await follower.followTo(await readCheckpoints(client, 'live'), signal)
  }
  throw new ReplayError('The live generation reads faster than this one follows. Try again when less is being written.')
}
