import type { Client } from '#libs/postgres/database.js'
import { connect, inTransaction } from '#libs/postgres/database.js'
import type { DatabaseConfig } from '#libs/postgres/config.js'
import { GENERATION_TABLES, indexGeneration, schemaNameOf, type GenerationTable } from '#libs/postgres/generation.js'

/**
 * Adds the indexes to a generation that was loaded without: the table that takes longest first, two at a time, each in a
 * transaction of its own. Tables that have theirs are left out, so this can be begun again.
 */
export const indexTables = async (database: DatabaseConfig, generation: number): Promise<void> => {
  const waiting = await withLoader(database, (client) => tablesWithoutKey(client, generation))
  const work = (): Promise<void> =>
    withLoader(database, async (client) => {
      for (let table = waiting.shift(); table; table = waiting.shift()) await indexOne(client, generation, table)
    })
  await Promise.all([work(), work()])
}

/** The registry is written by the projector's own statements, which look entities up by their key. */
export const indexRegistry = async (client: Client, generation: number): Promise<void> => {
  const waiting = await tablesWithoutKey(client, generation)
  if (waiting.includes('registry-entity'))
    await inTransaction(client, () => indexGeneration(client, generation, 'registry-entity'))
}

const indexOne = (client: Client, generation: number, table: GenerationTable): Promise<void> =>
  inTransaction(client, async () => {
    await client.query(`set local maintenance_work_mem to '256MB'`)
    await indexGeneration(client, generation, table)
    await analyze(client, table)
  })

/**
 * All columns but those that are only ever read whole: to sort a sample of documents takes longer than three indexes, and
 * no query asks how they are distributed.
 */
const analyze = async (client: Client, table: GenerationTable): Promise<void> => {
  const name = table.replace('-', '_')
  const { rows } = await client.query<{ columns: string }>(COLUMNS_TO_ANALYZE, [name, DOCUMENT_COLUMNS])
  await client.query(`analyze ${name} (${rows[0]?.columns ?? ''})`)
}

const DOCUMENT_COLUMNS = ['state', 'words', 'body']

const COLUMNS_TO_ANALYZE = `
  select string_agg(quote_ident(attname), ', ' order by attnum) as columns
    from pg_attribute
   where attrelid = to_regclass($1)
     and attnum > 0
     and not attisdropped
     and attname <> all($2::name[])`

const tablesWithoutKey = async (client: Client, generation: number): Promise<GenerationTable[]> => {
  const { rows } = await client.query<{ table: string }>(TABLES_WITH_KEY, [schemaNameOf(generation)])
  const keyed = new Set(rows.map(({ table }) => table))
  return GENERATION_TABLES.filter((table) => !keyed.has(table.replace('-', '_')))
}

/** Constraint and indexes of a table are added in one transaction: where the one is, the others are. */
const TABLES_WITH_KEY = `
  select pg_class.relname as "table"
    from pg_constraint
    join pg_class on pg_class.oid = pg_constraint.conrelid
    join pg_namespace on pg_namespace.oid = pg_class.relnamespace
   where pg_namespace.nspname = $1
     and pg_constraint.contype = 'p'`

const withLoader = async <T>(database: DatabaseConfig, work: (client: Client) => Promise<T>): Promise<T> => {
  const options = { applicationName: 'ledger replay indexes', onIdleError: () => undefined }
  const client = await connect({ ...database, statementMsMax: 0 }, options)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
