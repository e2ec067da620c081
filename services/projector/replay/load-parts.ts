import type { Client } from '#libs/postgres/database.js'
import type { DatabaseConfig } from '#libs/postgres/config.js'
import type { KafkaConfig } from '#libs/kafka/config.js'
import { liveGeneration } from '#libs/postgres/generation.js'
import type { RecordPlace } from '../records/incoming-record.js'
import { readPartsFromKafka } from './kafka-parts.js'
import { EXCEPTIONAL_IDS } from './replay.sql.js'
import { listParts, type Replay, type ReplayPart } from './replay-state.js'
import { releasedRecords } from './released-records.js'
import { unreadableRecords } from './unreadable-records.js'
import { openWorkerPool, type LoadingWorker } from './worker-pool.js'
import type { PartToLoad, WorkerSetup } from './worker-messages.js'

export interface LoadOptions {
  readonly database: DatabaseConfig
  /** Where Kafka is; undefined where the records come from the journal. */
  readonly kafka: KafkaConfig | undefined
  readonly topicPrefix: string
  readonly warmStatementsMax: number
  readonly signal: AbortSignal
  /** Records applied, of those that were not before. */
  readonly onAdvanced: (count: number) => void
}

/**
 * Loads what the live generation had read when the replay began, partition by partition, on all cores; the registry must
 * be there. What was loaded before is left out.
 * @throws what `signal` was aborted with; ReplayError where Kafka and the journal differ
 */
export const loadParts = async (client: Client, replay: Replay, options: LoadOptions): Promise<void> => {
  const parts = await listParts(client, replay.generation)
  const open = parts.filter(({ topic, done }) => topic !== 'registry' && !done)
  if (open.length === 0) return
  const setup = await setupOf(client, replay, parts, options)
  await using pool = await openWorkerPool(setup, open.length, options.onAdvanced)
  const { signal } = options
  const stopped = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  const loaded = options.kafka
    ? readPartsFromKafka({ ...options.kafka, topicPrefix: options.topicPrefix }, open, pool.workers, signal)
    : fromJournal(open, pool.workers)
  loaded.catch(() => undefined)
  await Promise.race([loaded, stopped])
}

const fromJournal = async (parts: readonly PartToLoad[], workers: readonly LoadingWorker[]): Promise<void> => {
  const waiting = [...parts]
  const take = async (worker: LoadingWorker): Promise<void> => {
    for (let part = waiting.shift(); part; part = waiting.shift()) await worker.load(part)
  }
  await Promise.all(workers.map(take))
}

type ExceptionalId = Omit<RecordPlace, 'topic'> & {
  readonly topic: RecordPlace['topic'] | null
  readonly eventId: string
}

/** What the ledger has decided already, and a partition alone does not tell. */
const setupOf = async (
  client: Client,
  replay: Replay,
  parts: readonly ReplayPart[],
  { database, topicPrefix, warmStatementsMax }: LoadOptions,
): Promise<WorkerSetup> => {
  const registryUntil = parts.find(({ topic }) => topic === 'registry')?.until ?? 0
  const live = await liveGeneration(client)
  const exceptional = await client.query<ExceptionalId>(EXCEPTIONAL_IDS(live.schemaName))
  return {
    database,
    generation: replay.generation,
    schemaName: replay.schemaName,
    source: replay.source,
    reducerModule: replay.reducerModule,
    topicPrefix,
    registryUntil,
    warmStatementsMax,
    exceptional: exceptional.rows.map(({ eventId, topic, ...owner }) => [eventId, topic && { topic, ...owner }]),
    unreadable: [...(await unreadableRecords(client))],
    released: await releasedRecords(client, registryUntil, topicPrefix),
  }
}
