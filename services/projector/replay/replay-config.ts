import { z } from 'zod'
import { KAFKA_ENV, kafkaConfigOf, type KafkaConfig } from '#libs/kafka/config.js'
import { parseEnvironment } from '#libs/lifecycle/environment.js'
import { textList, wholeNumber } from '#libs/lifecycle/settings.js'
import { databaseConfigOf, databaseEnvironment, type DatabaseConfig } from '#libs/postgres/config.js'

/** Settings of a replay or a promotion, as its process reads them from the environment. */
export interface ReplayConfig {
  readonly database: DatabaseConfig
  /** Undefined where nothing names a Kafka: only what needs none can be done then. */
  readonly kafka: KafkaConfig | undefined
  readonly topicPrefix: string
  readonly reducerModules: readonly string[]
  /** How many statements each thread of a replay keeps as objects, 2 KB each; the others it deflates. */
  readonly warmStatementsMax: number
}

export const REPLAY_ENV = z.object({
  ...databaseEnvironment,
  ...KAFKA_ENV,
  KAFKA_BROKERS: KAFKA_ENV.KAFKA_BROKERS.optional(),
  REPLAY_STATEMENTS_MAX: wholeNumber(1, 10_000_000)
    .default(50_000)
    .describe(
      'Statements that each core keeps as objects, 2 KB each and as much again while they are folded; the others it deflates.',
    ),
  REDUCER_MODULES: textList.describe(
    'Paths of reducers that a generation to be compared or promoted was made with, with commas between.',
  ),
})

/** @throws ConfigError that lists every fault at once */
export const parseReplayConfig = (environment: Readonly<Record<string, string | undefined>>): ReplayConfig => {
  const { KAFKA_BROKERS, ...parsed } = parseEnvironment(REPLAY_ENV, environment)
  return {
    // a bulk load, and an index over it, take as long as they take
    database: { ...databaseConfigOf(parsed), statementMsMax: 0 },
    kafka: KAFKA_BROKERS && kafkaConfigOf({ ...parsed, KAFKA_BROKERS }, 'statement-ledger-replay'),
    topicPrefix: parsed.TOPIC_PREFIX,
    reducerModules: parsed.REDUCER_MODULES,
    warmStatementsMax: parsed.REPLAY_STATEMENTS_MAX,
  }
}
