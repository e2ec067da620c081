import { z } from 'zod'
import { proxyHops } from '#libs/http/proxy-hops.js'
import { KAFKA_ENV, kafkaConfigOf, type KafkaConfig } from '#libs/kafka/config.js'
import { ConfigError, parseEnvironment } from '#libs/lifecycle/environment.js'
import { hostFor, LOG_LEVEL, portFor, wholeNumber } from '#libs/lifecycle/settings.js'

export interface IntakeConfig {
  readonly host: string
  readonly port: number
  /** Public base of the api, for `Location`. */
  readonly apiUrl: string
  /** Where this service itself reaches the api, to ask what became of a write; as `apiUrl`, unless told otherwise. */
  readonly apiInternalUrl: string
  /** How long `Prefer: wait` makes a write wait, at most. */
  readonly waitMsMax: number
  readonly kafka: KafkaConfig
  readonly logLevel: string
  /** A file with a key that is issued at the first start, so that somebody can issue others. */
  readonly bootstrapKeyFile?: string | undefined
  readonly corsOrigins: readonly string[]
  readonly proxyHops: number
  readonly requestsPerMinuteOfKey: number
  readonly requestsPerMinuteOfAddress: number
  /** How long a write waits for Kafka's confirmation. */
  readonly publishMsMax: number
  /** How many records may wait to be sent to Kafka: beyond that writes are refused, 503. */
  readonly queueRecordsMax: number
  readonly batchLinesMax: number
  readonly batchBytesMax: number
}

export const INTAKE_ENV = z.object({
  ...KAFKA_ENV,
  INTAKE_HOST: hostFor('to listen on'),
  INTAKE_PORT: portFor('to listen on', 4001),
  API_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://127.0.0.1:4000')
    .describe('What callers reach the api by: in `Location` of answers.'),
  API_INTERNAL_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('What intake itself reaches the api by, for `Prefer: wait`; not set: `API_URL`.'),
  LOG_LEVEL,
  INTAKE_BOOTSTRAP_KEY_FILE: z
    .string()
    .optional()
    .describe('File into which the first start writes a key with all scopes, which can issue others.'),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((origin) => origin !== ''))
    .pipe(z.array(z.union([z.literal('*'), z.url({ protocol: /^https?$/ })])))
    .describe('Origins whose pages may write, with commas between; `*`: all.'),
  TRUST_PROXY: proxyHops,
  INTAKE_REQUESTS_PER_MINUTE_OF_KEY: wholeNumber(1, 10_000_000)
    .default(60_000)
    .describe('Requests a minute with one key; beyond that 429.'),
  INTAKE_REQUESTS_PER_MINUTE_OF_ADDRESS: wholeNumber(1, 10_000_000)
    .default(600)
    .describe('Requests a minute without a key from one address, of IPv6 from one /64.'),
  INTAKE_PUBLISH_MS_MAX: wholeNumber(100, 25_000)
    .default(10_000)
    .describe('How long a write waits for Kafka, in ms; then 503.'),
  INTAKE_QUEUE_RECORDS_MAX: wholeNumber(1, 1_000_000)
    .default(20_000)
    .describe('Records that wait to be sent to Kafka; beyond that writes are refused, 503.'),
  INTAKE_WAIT_MS_MAX: wholeNumber(0, 20_000)
    .default(10_000)
    .describe('How long `Prefer: wait` may make a write wait, in ms.'),
  INTAKE_BATCH_LINES_MAX: wholeNumber(1, 20_000).default(5_000).describe('Lines of an NDJSON batch.'),
  INTAKE_BATCH_BYTES_MAX: wholeNumber(1, 64 * 1024 * 1024)
    .default(8 * 1024 * 1024)
    .describe('Bytes of an NDJSON batch.'),
})

/** @throws ConfigError CONFIG_INVALID that lists every setting that does not hold */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): IntakeConfig {
  const env = parseEnvironment(INTAKE_ENV, environment)
  return {
    host: env.INTAKE_HOST,
    port: env.INTAKE_PORT,
    apiUrl: env.API_URL.replace(/\/$/, ''),
    apiInternalUrl: (env.API_INTERNAL_URL ?? env.API_URL).replace(/\/$/, ''),
    waitMsMax: env.INTAKE_WAIT_MS_MAX,
    kafka: kafkaOf(env),
    logLevel: env.LOG_LEVEL,
    bootstrapKeyFile: env.INTAKE_BOOTSTRAP_KEY_FILE,
    corsOrigins: env.CORS_ORIGINS,
    proxyHops: env.TRUST_PROXY,
    requestsPerMinuteOfKey: env.INTAKE_REQUESTS_PER_MINUTE_OF_KEY,
    requestsPerMinuteOfAddress: env.INTAKE_REQUESTS_PER_MINUTE_OF_ADDRESS,
    publishMsMax: env.INTAKE_PUBLISH_MS_MAX,
    queueRecordsMax: env.INTAKE_QUEUE_RECORDS_MAX,
    batchLinesMax: env.INTAKE_BATCH_LINES_MAX,
    batchBytesMax: env.INTAKE_BATCH_BYTES_MAX,
  }
}

function kafkaOf(env: z.output<typeof INTAKE_ENV>): KafkaConfig {
  try {
    return kafkaConfigOf(env, 'ledger-intake')
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)])
  }
}
