import type pg from 'pg'
import { z } from 'zod'
import { databaseConfigOf, databaseEnvironment } from '#libs/postgres/config.js'
import { connect, sqlStateOf } from '#libs/postgres/database.js'
import { readStackFile } from '#libs/stack/stack-file.js'
import { UsageError, type Io } from './command.js'

/**
 * The environment with a Postgres and a Kafka in it: those that it names, else those that `npm start` runs on this machine.
 * @throws UsageError where there is neither
 */
export const ledgerEnvironment = (env: Io['env']): Record<string, string | undefined> => {
  if (env.DATABASE_URL) return { ...env }
  const stack = readStackFile(env.LEDGER_DIR ?? '.ledger')
  if (stack === undefined)
    throw new UsageError('DATABASE_URL is not set, and no ledger was started here: name the Postgres of the ledger.')
  return {
    ...env,
    DATABASE_URL: stack.databaseUrl,
    KAFKA_BROKERS: env.KAFKA_BROKERS ?? stack.kafkaBrokers.join(','),
  }
}

/** Runs `work` on a connection to the ledger's Postgres. @throws UsageError; what Postgres says while it cannot be reached */
export const withLedgerDatabase = async <T>(env: Io['env'], work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const parsed = z.object(databaseEnvironment).safeParse(ledgerEnvironment(env))
  if (!parsed.success)
    throw new UsageError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
  const client = await connect(databaseConfigOf(parsed.data), {
    applicationName: 'ledger command',
    onIdleError: () => undefined,
  })
  try {
    return await work(client)
  } catch (error) {
    if (sqlStateOf(error) !== UNDEFINED_TABLE) throw error
    throw new Error('This database holds no ledger: the projector makes it when it first starts.', { cause: error })
  } finally {
    await client.end()
  }
}

const UNDEFINED_TABLE = '42P01'

/** The same in one snapshot, read only, with the live generation's tables in reach by their names. */
export const inLiveSnapshot = <T>(
  env: Io['env'],
  read: (client: pg.Client, live: LiveGeneration) => Promise<T>,
): Promise<T> =>
  withLedgerDatabase(env, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    const { rows } = await client.query<LiveGeneration>(FIND_LIVE)
    const [live] = rows
    if (live === undefined) throw new Error('No generation is live: the projector makes the first one when it starts.')
    await client.query(`set local search_path to ${live.schemaName}, ledger`)
    return await read(client, live)
  })

export interface LiveGeneration {
  readonly id: number
  readonly schemaName: string
  readonly reducer: string
}

const FIND_LIVE = `
  select id,
         schema_name as "schemaName",
         reducer
    from ledger.generation
   where status = 'live'`
