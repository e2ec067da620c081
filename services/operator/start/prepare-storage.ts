import { z } from 'zod'
import { KAFKA_ENV, kafkaConfigOf } from '#libs/kafka/config.js'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { ensureTopics } from '#libs/kafka/topics.js'
import { databaseConfigOf, databaseEnvironment } from '#libs/postgres/config.js'
import { connect } from '#libs/postgres/database.js'
import { migrate } from '#libs/postgres/migrate.js'
import { StartConfigError } from './start-config.js'

/**
 * Makes the topics and brings the database up to date, both at once, before any service needs them.
 * @param env  names Kafka and Postgres, as the services read them
 * @returns what was done, as sentences
 * @throws StartConfigError where the environment names what does not answer, KafkaError for a topic that is not as it must be
 */
export async function prepareStorage(env: NodeJS.ProcessEnv): Promise<string[]> {
  const [migrations, topics] = await Promise.all([prepareDatabase(env), prepareTopics(env)])
  return [
    migrations > 0 ? `The database was brought up to date (${migrations} migrations).` : 'The database is up to date.',
    topics > 0 ? `${topics} topics were made.` : 'The topics are there.',
  ]
}

async function prepareDatabase(env: NodeJS.ProcessEnv): Promise<number> {
  const config = databaseConfigOf(parsed(databaseEnvironment, env))
  const client = await connect(config, {
    applicationName: 'statement-ledger start',
    onIdleError: () => undefined,
  }).catch((cause: unknown) => {
    const { host } = new URL(config.url)
    throw new StartConfigError(`PostgreSQL at ${host} cannot be used: ${reasonOf(cause)}. See DATABASE_URL.`, { cause })
  })
  try {
    return (await migrate(client)).length
  } finally {
    await client.end()
  }
}

async function prepareTopics(env: NodeJS.ProcessEnv): Promise<number> {
  await using kafka = await connectKafka(kafkaConfigOf(parsed(KAFKA_ENV, env), 'ledger-start'))
  return (await ensureTopics(kafka)).length
}

function parsed<Shape extends z.core.$ZodLooseShape>(shape: Shape, env: NodeJS.ProcessEnv) {
  const result = z.object(shape).safeParse(env)
  if (result.success) return result.data
  throw new StartConfigError(
    result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`).join('\n'),
  )
}

/** pg gives a refused connection several causes and no message of its own. */
const reasonOf = (cause: unknown): string =>
  cause instanceof AggregateError
    ? cause.errors.map(reasonOf).join(', ')
    : cause instanceof Error
      ? cause.message
      : String(cause)
