import { ConfigError, parseEnvironment } from '#libs/lifecycle/environment.js'
import { hostFor, LOG_LEVEL, portFor, textList, wholeNumber } from '#libs/lifecycle/settings.js'
import { KAFKA_ENV, kafkaConfigOf, type KafkaConfig } from '#libs/kafka/config.js'
import { proxyHops } from '#libs/http/proxy-hops.js'
import { databaseConfigOf, databaseEnvironment, type DatabaseConfig } from '#libs/postgres/config.js'
import { z } from 'zod'
import type { StreamLimits } from './live/live-changes.js'

/** All that the api can be told; parsed once, at the start (docs/design.md 8). */
export interface ApiConfig {
  readonly host: string
  readonly port: number
  /** What callers reach this service by: for links that leave it. No slash at the end. */
  readonly publicUrl: string
  readonly database: DatabaseConfig
  /** Where the live stream follows changes; null: there is no stream, all else is served. */
  readonly kafka: KafkaConfig | null
  readonly stream: StreamLimits
  /** Before the name of each topic, where answers name one. */
  readonly topicPrefix: string
  /** Whether reading needs a key. */
  readonly readAccess: 'public' | 'key'
  readonly corsOrigins: readonly string[]
  readonly proxyHops: number
  /** How long a read waits for what its `Ledger-After` names. */
  readonly ledgerAfterMsMax: number
  readonly handlerMsMax: number
  readonly requestsPerMinuteOfKey: number
  readonly requestsPerMinuteOfAddress: number
  readonly logLevel: string
}

export const API_ENV = z.object({
  ...databaseEnvironment,
  ...KAFKA_ENV,
  KAFKA_BROKERS: KAFKA_ENV.KAFKA_BROKERS.optional(),
  API_HOST: hostFor('to listen on'),
  API_PORT: portFor('to listen on', 4000),
  API_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('What callers reach this service by, for links; not set: host and port.'),
  API_READ_ACCESS: z.enum(['public', 'key']).default('public').describe('Whether reading needs a key.'),
  API_CORS_ORIGINS: textList.describe('Origins whose pages may read, with commas between; `*`: all.'),
  API_TRUST_PROXY: proxyHops,
  API_LEDGER_AFTER_MS_MAX: wholeNumber(0, 60_000)
    .default(5_000)
    .describe('How long a read waits for what its `Ledger-After` names, in ms.'),
  API_HANDLER_MS_MAX: wholeNumber(1_000, 600_000)
    .default(30_000)
    .describe('How long a request may take in all, in ms; then 503.'),
  API_REQUESTS_PER_MINUTE_OF_KEY: wholeNumber(1, 100_000_000)
    .default(120_000)
    .describe('Requests a minute with one key; beyond that 429.'),
  API_REQUESTS_PER_MINUTE_OF_ADDRESS: wholeNumber(1, 100_000_000)
    .default(60_000)
    .describe('Requests a minute without a key from one address, of IPv6 from one /64.'),
  API_STREAM_SUBSCRIBERS_MAX: wholeNumber(1, 100_000).default(5_000).describe('Subscribers of the live stream.'),
  API_STREAM_SUBSCRIBERS_OF_CALLER_MAX: wholeNumber(1, 100_000)
    .default(2_500)
    .describe('Of these, those of one key, or of one address without a key.'),
  API_STREAM_RECENT_MAX: wholeNumber(1, 1_000_000)
    .default(10_000)
    .describe('Announcements kept in memory, some 1 KB each; who resumes further back reads from Postgres.'),
  API_STREAM_BUFFER_BYTES_MAX: wholeNumber(1_024, 16_777_216)
    .default(131_072)
    .describe('Bytes that may wait for one subscriber before it is served at its own pace.'),
  API_STREAM_DRAIN_MS_MAX: wholeNumber(100, 600_000)
    .default(10_000)
    .describe('How long it may then take to take these in, in ms.'),
  API_STREAM_HEARTBEAT_MS: wholeNumber(100, 600_000)
    .default(15_000)
    .describe('A comment is sent after so long without news, in ms.'),
  LOG_LEVEL,
})

/** @throws ConfigError that lists every fault */
export const parseConfig = (environment: Readonly<Record<string, string | undefined>>): ApiConfig =>
  configOf(parseEnvironment(API_ENV, environment))

const configOf = (env: z.output<typeof API_ENV>): ApiConfig => ({
  host: env.API_HOST,
  port: env.API_PORT,
  publicUrl: (env.API_URL ?? `http://${env.API_HOST}:${env.API_PORT}`).replace(/\/+$/, ''),
  database: databaseConfigOf(env),
  kafka: kafkaOf(env),
  stream: {
    subscribersMax: env.API_STREAM_SUBSCRIBERS_MAX,
    subscribersOfCallerMax: env.API_STREAM_SUBSCRIBERS_OF_CALLER_MAX,
    recentMax: env.API_STREAM_RECENT_MAX,
    bufferBytesMax: env.API_STREAM_BUFFER_BYTES_MAX,
    drainMsMax: env.API_STREAM_DRAIN_MS_MAX,
    heartbeatMs: env.API_STREAM_HEARTBEAT_MS,
  },
  topicPrefix: env.TOPIC_PREFIX,
  readAccess: env.API_READ_ACCESS,
  corsOrigins: env.API_CORS_ORIGINS,
  proxyHops: env.API_TRUST_PROXY,
  ledgerAfterMsMax: env.API_LEDGER_AFTER_MS_MAX,
  handlerMsMax: env.API_HANDLER_MS_MAX,
  requestsPerMinuteOfKey: env.API_REQUESTS_PER_MINUTE_OF_KEY,
  requestsPerMinuteOfAddress: env.API_REQUESTS_PER_MINUTE_OF_ADDRESS,
  logLevel: env.LOG_LEVEL,
})

const kafkaOf = ({ KAFKA_BROKERS, ...env }: z.output<typeof API_ENV>): KafkaConfig | null => {
  if (KAFKA_BROKERS === undefined) return null
  try {
    return kafkaConfigOf({ ...env, KAFKA_BROKERS }, 'ledger-api')
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)])
  }
}
