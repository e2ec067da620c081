import { z } from 'zod'
import { KAFKA_ENV, kafkaConfigOf, type KafkaConfig } from '#libs/kafka/config.js'
import { parseEnvironment } from '#libs/lifecycle/environment.js'
import { hostFor, LOG_LEVEL, portFor, textList, wholeNumber } from '#libs/lifecycle/settings.js'
import { databaseConfigOf, databaseEnvironment, type DatabaseConfig } from '#libs/postgres/config.js'
import { RELAY_ENV, relayConfigOf, type RelayConfig } from './relay/config.js'
import type { TrackCacheBounds } from './tracks/cache/track-cache.js'

/** Settings of the projector. Sizes have bounds, so that its memory has one. */
export interface ProjectorConfig {
  readonly kafka: KafkaConfig
  readonly database: DatabaseConfig
  readonly groupId: string
  readonly host: string
  readonly port: number
  readonly logLevel: string
  /** A transaction takes what waits, up to these. */
  readonly batchBytesMax: number
  readonly batchRecordsMax: number
  /** How long the first record of an idle time waits for others. */
  readonly batchWaitMs: number
  /** Statements and positions of folded tracks kept in memory, together; about 1 KB each. */
  readonly cache: TrackCacheBounds
  /** ES modules of reducers beside the built-in one, for generations that were promoted with one of them. */
  readonly reducerModules: readonly string[]
  /** Null: this process relays nothing. */
  readonly relay: RelayConfig | null
}

export const PROJECTOR_ENV = z.object({
  ...KAFKA_ENV,
  ...databaseEnvironment,
  ...RELAY_ENV,
  PROJECTOR_GROUP: z
    .string()
    .min(1)
    .max(200)
    .default('statement-ledger-projector')
    .describe('Consumer group: projectors of one group share the partitions.'),
  PROJECTOR_HOST: hostFor('for health and metrics'),
  PROJECTOR_PORT: portFor('for health and metrics', 4002),
  LOG_LEVEL,
  BATCH_BYTES_MAX: wholeNumber(1_024, 67_108_864).default(4_194_304).describe('Bytes of records in one transaction.'),
  BATCH_RECORDS_MAX: wholeNumber(1, 100_000).default(1_500).describe('Records in one transaction.'),
  BATCH_WAIT_MS: wholeNumber(0, 5)
    .default(2)
    .describe('How long the first record after an idle time waits for others, in ms.'),
  REDUCER_MODULES: textList.describe(
    'Paths of reducers beside the built-in one, with commas between (docs/operating.md).',
  ),
  CACHED_STATEMENTS_MAX: wholeNumber(0, 10_000_000)
    .default(300_000)
    .describe('Statements, positions and conflicts of folded tracks that are kept as objects, 1 to 2 KB each.'),
  PACKED_TRACKS_BYTES_MAX: wholeNumber(0, 8_589_934_592)
    .default(67_108_864)
    .describe('Bytes of tracks that are kept deflated.'),
})

/** @throws ConfigError that lists every fault at once */
export const parseConfig = (environment: Readonly<Record<string, string | undefined>>): ProjectorConfig => {
  const parsed = parseEnvironment(PROJECTOR_ENV, environment)
  const database = databaseConfigOf(parsed)
  return {
    kafka: kafkaConfigOf(parsed, 'statement-ledger-projector'),
    database,
    groupId: `${parsed.TOPIC_PREFIX}${parsed.PROJECTOR_GROUP}`,
    host: parsed.PROJECTOR_HOST,
    port: parsed.PROJECTOR_PORT,
    logLevel: parsed.LOG_LEVEL,
    batchBytesMax: parsed.BATCH_BYTES_MAX,
    batchRecordsMax: parsed.BATCH_RECORDS_MAX,
    batchWaitMs: parsed.BATCH_WAIT_MS,
    cache: { statementsMax: parsed.CACHED_STATEMENTS_MAX, packedBytesMax: parsed.PACKED_TRACKS_BYTES_MAX },
    reducerModules: parsed.REDUCER_MODULES,
    relay: parsed.RELAY === 'on' ? relayConfigOf(parsed, database) : null,
  }
}
