import { z } from 'zod'
import { hostFor, LOG_LEVEL, portFor, wholeNumber } from '#libs/lifecycle/settings.js'
import { KAFKA_ENV } from '#libs/kafka/config.js'
import { databaseEnvironment, type DatabaseConfig } from '#libs/postgres/config.js'

/** Settings of the relay: spread RELAY_ENV into the environment of the process that runs it. */
export const RELAY_ENV = {
  RELAY: z
    .enum(['on', 'off'])
    .default('on')
    .describe('`off`: this projector publishes nothing; another, or a relay by itself, does.'),
  RELAY_BATCH_BYTES_MAX: wholeNumber(1_024, 16_777_216)
    .default(2_097_152)
    .describe('Bytes of messages in one Kafka transaction.'),
  RELAY_BATCH_ROWS_MAX: wholeNumber(1, 10_000).default(200).describe('Rows of the outbox in one Kafka transaction.'),
  RELAY_GATHER_MS: wholeNumber(0, 1_000)
    .default(40)
    .describe('What comes within so long of the begin of a transaction goes out with the next, in ms.'),
  OUTBOX_POSITIONS_KEPT_HOURS: z.coerce
    .number()
    .min(0)
    .max(87_600)
    .default(24)
    .describe('How long rows of positions stay in the outbox once they are published, in hours; 0: for ever.'),
}

/** Settings of a relay that is a process by itself. */
export const RELAY_PROCESS_ENV = z.object({
  ...KAFKA_ENV,
  ...databaseEnvironment,
  ...RELAY_ENV,
  RELAY_HOST: hostFor('for health and metrics'),
  RELAY_PORT: portFor('for health and metrics', 4003),
  LOG_LEVEL,
})

type RelayEnv = z.output<z.ZodObject<typeof RELAY_ENV>>

export interface RelayConfig {
  readonly database: DatabaseConfig
  /** The same for all relays of a ledger: a later one fences the earlier. */
  readonly transactionalId: string
  /** One Kafka transaction takes rows up to these; one row always. A row has about a million characters at most. */
  readonly batchBytesMax: number
  readonly batchRowsMax: number
  /** What comes within so long of a transaction's begin goes out with the next: a transaction costs Kafka as much as many rows. */
  readonly gatherMs: number
  /** How long rows of positions stay after publication; 0: for ever. */
  readonly positionsKeptHours: number
}

export const relayConfigOf = (
  env: RelayEnv & { readonly TOPIC_PREFIX: string },
  database: DatabaseConfig,
): RelayConfig => ({
  database,
  transactionalId: `${env.TOPIC_PREFIX}statement-ledger-relay`,
  batchBytesMax: env.RELAY_BATCH_BYTES_MAX,
  batchRowsMax: env.RELAY_BATCH_ROWS_MAX,
  gatherMs: env.RELAY_GATHER_MS,
  positionsKeptHours: env.OUTBOX_POSITIONS_KEPT_HOURS,
})
