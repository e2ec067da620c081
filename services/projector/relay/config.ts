import { z } from 'zod'
import type { DatabaseConfig } from '#libs/postgres/config.js'

/** Settings of the relay: spread RELAY_ENV into the environment of the process that runs it. */
export const RELAY_ENV = {
  RELAY: z.enum(['on', 'off']).default('on'),
  RELAY_BATCH_BYTES_MAX: z.coerce.number().int().min(1_024).max(16_777_216).default(2_097_152),
  RELAY_BATCH_ROWS_MAX: z.coerce.number().int().min(1).max(10_000).default(200),
  RELAY_GATHER_MS: z.coerce.number().int().min(0).max(1_000).default(40),
  /** 0 keeps them for ever. */
  OUTBOX_POSITIONS_KEPT_HOURS: z.coerce.number().min(0).max(87_600).default(24),
}
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
