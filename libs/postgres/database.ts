import pg from 'pg'
import type { DatabaseConfig } from './config.js'

export type Pool = pg.Pool
/** A connection, pooled or not: what a query needs. */
export type Client = pg.ClientBase

export interface PoolOptions {
  /** Shown in pg_stat_activity: `statement-ledger api`. */
  readonly applicationName: string
  /** An idle connection broke. It is replaced when needed, so this is for the log only. */
  readonly onIdleError: (error: Error) => void
  /** Schemas that unqualified names are looked up in, in that order. */
  readonly searchPath?: readonly string[]
  /**
   * Sends each query at once, without waiting for the answers to those before it. Not for a pool, whose users do not know
   * of each other, and not for what reads with a cursor or `COPY … TO`. Default false.
   */
  readonly pipeline?: boolean
}

/** Opens no connection yet: the first query does. Close with `end()`. */
export const openPool = (config: DatabaseConfig, options: PoolOptions): Pool => {
  const pool = new pg.Pool({
    ...connectionOf(config, options),
    max: config.poolSizeMax,
    idleTimeoutMillis: IDLE_MS_MAX,
  })
  // an error on an idle connection without a listener would end the process
  pool.on('error', options.onIdleError)
  return pool
}

/** A new connection has to plan every prepared statement anew, which costs more than keeping one. */
const IDLE_MS_MAX = 300_000

/** One connection of its own, for what holds a lock or a transaction for long. @throws while Postgres cannot be reached */
export const connect = async (config: DatabaseConfig, options: PoolOptions): Promise<pg.Client> => {
  const client = new pg.Client(connectionOf(config, options))
  client.on('error', options.onIdleError)
  await client.connect()
  return client
}

/** Whether it was opened with `pipeline`. */
export const isPipelined = (client: Client): boolean => (client as { pipeline?: boolean }).pipeline === true

/**
 * Runs what does not depend on each other: on a pipelined connection all of it is on its way at once, on another one each
 * waits for the one before. @throws the first error, in their order
 */
export const together = async <T extends readonly unknown[]>(
  client: Client,
  runs: { readonly [K in keyof T]: () => Promise<T[K]> },
): Promise<T> => {
  const results: unknown[] = []
  if (isPipelined(client)) {
    const sent = runs.map((run) => run())
    // all of them fail with the first: nobody need hear it of each
    for (const one of sent) one.catch(() => undefined)
    for (const one of sent) results.push(await one)
  } else for (const run of runs) results.push(await run())
  return results as unknown as T
}

/** Runs `work` in one transaction of the given connection: committed if it returns, rolled back if it throws. */
export const inTransaction = async <T>(client: Client, work: () => Promise<T>): Promise<T> => {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    // where the connection is gone, so is the transaction
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/** SQLSTATE of an error of Postgres; undefined for anything else. */
export const sqlStateOf = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined

/** Whether a statement took longer than DATABASE_STATEMENT_MS_MAX allows (SQLSTATE query_canceled). */
export const tookTooLong = (error: unknown): boolean => sqlStateOf(error) === '57014'

/**
 * Whether an error says that Postgres is away, not that it refuses: no connection, one that broke under the query, a server
 * that stops or starts (SQLSTATE classes 08 and 57P, 53300). What was asked may be asked again later.
 */
export const isAway = (error: unknown): boolean => {
  const state = sqlStateOf(error)
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || state === '53300'
  if (error instanceof AggregateError) return error.errors.every(isAway)
  if (!(error instanceof Error)) return false
  const { code } = error as NodeJS.ErrnoException
  return (code !== undefined && SOCKET_ERRORS.has(code)) || BROKEN_CONNECTION.test(error.message)
}

const SOCKET_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])
/** What pg itself says has no code. */
const BROKEN_CONNECTION =
  /connection terminated|connection error|timeout exceeded when trying to connect|connection timeout/i

const connectionOf = (config: DatabaseConfig, options: PoolOptions): pg.ClientConfig & { pipeline: boolean } => ({
  connectionString: config.url,
  application_name: options.applicationName,
  connectionTimeoutMillis: config.connectMsMax,
  statement_timeout: config.statementMsMax,
  idle_in_transaction_session_timeout: config.statementMsMax,
  keepAlive: true,
  pipeline: options.pipeline ?? false,
  ...(options.searchPath && { options: `-c search_path=${options.searchPath.join(',')}` }),
})

/** Offsets and counts fit a double for the next 285 years at a billion records a second; bigint as text helps nobody. */
const BIGINT_OID = pg.types.builtins.INT8
/** A day stays the text that it is: a Date would move it by the machine's time zone. */
const DATE_OID = pg.types.builtins.DATE
pg.types.setTypeParser(BIGINT_OID, (text) => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`bigint ${text} does not fit a number`)
  return value
})
pg.types.setTypeParser(DATE_OID, (text) => text)
