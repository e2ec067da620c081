import { LedgerError } from '#libs/contracts/error-codes.js'
import { isAway, sqlStateOf, tookTooLong, type Client, type Pool } from '#libs/postgres/database.js'
import type { PoolClient, QueryResultRow } from 'pg'

/**
 * How the api reads: each answer comes from one snapshot of one generation of the read models, whatever is promoted or
 * dropped meanwhile (docs/design.md 7). Either one SQL statement, which names the live generation it saw, or a
 * transaction that finds the live generation first.
 */
export interface LedgerReads {
  /**
   * Runs one statement against the live generation. Every query selects `live`, the live generation's id in its own
   * snapshot, and returns at least one row; if a promotion came in between, it runs again on the new one.
   * @throws LedgerError NOT_READY while there is no live generation, or Postgres is away; TIMED_OUT beyond the bound of a statement
   */
  query<Row extends LiveRow>(query: GenerationQuery, values: readonly unknown[]): Promise<Row[]>
  /** Runs several statements in one snapshot. */
  snapshot<T>(read: (snapshot: Snapshot) => Promise<T>): Promise<T>
}

export interface LiveRow extends QueryResultRow {
  live: number
}

/** A statement with the schema of a generation filled in. `name` makes it a prepared statement, per generation. */
export interface GenerationQuery {
  readonly name?: string
  readonly text: (schema: string) => string
}

/** One repeatable-read transaction, read only. */
export interface Snapshot {
  readonly generation: Generation
  /** On the clock of `performance.now()`, not later than when it was taken. */
  readonly begunAtMs: number
  /** @param name makes it a prepared statement, per generation: planning many of these takes longer than running them */
  rows<Row extends QueryResultRow>(
    text: (schema: string) => string,
    values?: readonly unknown[],
    name?: string,
  ): Promise<Row[]>
}

/** Statements that usually stand alone, run in a snapshot together with others. */
export const queriesIn = (snapshot: Snapshot): Pick<LedgerReads, 'query'> => ({
  query: ({ text, name }, values) => snapshot.rows(text, values, name),
})

export interface Generation {
  readonly id: number
  /** A quoted identifier. */
  readonly schema: string
  readonly reducer: string
  /** First offset of the registry topic that these read models have not read. */
  readonly registryOffset: number
}

export const openReads = (pool: Pool): LedgerReads => {
  let live: Generation | undefined
  const liveGeneration = async (): Promise<Generation> => (live ??= await findLive(pool))
  const attempt = async <T>(run: (generation: Generation) => Promise<T | Moved>): Promise<T> => {
    for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
      const result = await liveGeneration().then(run).catch(movedIfDropped)
      if (!(result instanceof Moved)) return result
      live = undefined
    }
    throw new LedgerError('NOT_READY', { detail: 'The read models are being replaced.', retryAfterSeconds: 1 })
  }
  return {
    query: <Row extends LiveRow>(query: GenerationQuery, values: readonly unknown[]) =>
      attempt<Row[]>(async (generation) => {
        const rows = await runQuery<Row>(pool, query, generation, values)
        return rows[0]?.live === generation.id ? rows : MOVED
      }),
    snapshot: (read) => attempt(() => inSnapshot(pool, read)),
  }
}

/** Two promotions within one read are already unlikely; a third means that something is wrong. */
const ATTEMPTS_MAX = 3
/** The live generation is another one than we took it for. */
class Moved {
  readonly moved = true
}
const MOVED = new Moved()

/** undefined_table, invalid_schema_name: the generation was dropped after we had found it. */
const DROPPED = new Set(['42P01', '3F000'])

const movedIfDropped = (error: unknown): Moved => {
  if (DROPPED.has(sqlStateOf(error) ?? '')) return MOVED
  if (isAway(error))
    throw new LedgerError('NOT_READY', { detail: 'Postgres does not answer.', retryAfterSeconds: 1, cause: error })
  if (tookTooLong(error)) throw new LedgerError('TIMED_OUT', { retryAfterSeconds: 1, cause: error })
  throw error
}

const FIND_LIVE = `
  select id,
         quote_ident(schema_name) as schema,
         reducer,
         coalesce(checkpoint.next_offset, 0) as "registryOffset"
    from ledger.generation
    left join ledger.checkpoint
      on checkpoint.generation = generation.id
     and checkpoint.topic = 'registry'
     and checkpoint.partition = 0
   where status = 'live'`

const findLive = async (client: Pool | Client): Promise<Generation> =>
  generationIn((await client.query<Generation>(FIND_LIVE)).rows)

const generationIn = ([generation]: readonly Generation[]): Generation => {
  if (generation) return generation
  throw new LedgerError('NOT_READY', { detail: 'There are no read models yet.', retryAfterSeconds: 2 })
}

const runQuery = async <Row extends LiveRow>(
  pool: Pool,
  query: GenerationQuery,
  { schema }: Generation,
  values: readonly unknown[],
): Promise<Row[]> => {
  const result = await pool.query<Row>({ ...statementOf(query, schema), values: [...values] })
  return result.rows
}

interface Statement {
  readonly name?: string
  readonly text: string
}

/** Written out once for each generation, not with each read. */
const statementOf = (query: GenerationQuery, schema: string): Statement => {
  const known = statements.get(query)
  if (known?.schema === schema) return known.statement
  const name = query.name === undefined ? {} : { name: `${query.name} ${schema}` }
  const statement = { ...name, text: query.text(schema) }
  statements.set(query, { schema, statement })
  return statement
}

const statements = new WeakMap<GenerationQuery, { readonly schema: string; readonly statement: Statement }>()

const inSnapshot = async <T>(pool: Pool, read: (snapshot: Snapshot) => Promise<T>): Promise<T> => {
  const client = await pool.connect()
  // between two queries a connection can break with nobody waiting for it: the next query then fails, which is enough
  client.on('error', ignored)
  try {
    const begunAtMs = performance.now()
    const generation = generationIn(await beginSnapshot(client))
    const result = await read({
      generation,
      begunAtMs,
      rows: async (text, values = [], name) => {
        const { schema } = generation
        const named = name === undefined ? {} : { name: `${name} ${schema}` }
        return (await client.query({ ...named, text: text(schema), values: [...values] })).rows as never
      },
    })
    // the answer is known: it need not wait until a transaction that wrote nothing has ended
    endSnapshot(client, 'commit')
    return result
  } catch (error) {
    endSnapshot(client, 'rollback')
    throw error
  }
}

/** Opens the transaction and looks for the live generation in one round trip; the look takes the snapshot. */
const beginSnapshot = async (client: PoolClient): Promise<Generation[]> => {
  const results = (await client.query(`begin isolation level repeatable read read only; ${FIND_LIVE}`)) as unknown
  return (results as [unknown, { rows: Generation[] }])[1].rows
}

/** Gives the connection back once the transaction has ended; one that cannot end it is thrown away. */
const endSnapshot = (client: PoolClient, how: 'commit' | 'rollback'): void => {
  client.query(how).then(
    () => {
      client.off('error', ignored)
      client.release()
    },
    // its listener stays: a broken connection may say so once more
    () => client.release(true),
  )
}

const ignored = (): void => undefined
