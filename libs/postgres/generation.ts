import type { Client } from './database.js'
import { grantOnGeneration } from './roles.js'
import { sqlFilesOf } from './sql-directory.js'

/** One complete build of the read models (docs/design.md 7). */
export interface Generation {
  readonly id: number
  readonly schemaName: string
  readonly reducer: string
  readonly status: 'building' | 'live' | 'retired'
}

/** The fold that comes with this code; a candidate by another reducer names its own. */
export const BUILT_IN_REDUCER = 'built-in'

export const schemaNameOf = (id: number): string => `generation_${id}`

/**
 * Makes the schema of a generation and registers it as building. Within the caller's transaction.
 * @param options.indexes false where a bulk load comes first; `indexGeneration` follows then
 */
export const createGeneration = async (
  client: Client,
  options: { readonly id: number; readonly reducer: string; readonly indexes?: boolean },
): Promise<Generation> => {
  const schemaName = schemaNameOf(options.id)
  await client.query(INSERT_GENERATION, [options.id, schemaName, options.reducer])
  await client.query(`create schema ${schemaName}`)
  await runTemplate(client, schemaName, 'tables')
  if (options.indexes !== false) await indexGeneration(client, options.id)
  await grantOnGeneration(client, schemaName)
  return { id: options.id, schemaName, reducer: options.reducer, status: 'building' }
}

/** Adds keys and indexes to a generation that was made without: to all its tables, or to one. Within the caller's transaction. */
export const indexGeneration = (client: Client, id: number, table?: GenerationTable): Promise<void> =>
  runTemplate(client, schemaNameOf(id), 'indexes', table)

/** The tables of a generation, those first that take longest to index. */
export const GENERATION_TABLES = [
  'statement',
  'change',
  'position',
  'conflict',
  'outcome',
  'registry-entity',
  'track',
] as const
export type GenerationTable = (typeof GENERATION_TABLES)[number]

/** Makes the only generation of a fresh database the live one. */
export const promoteFirst = async (client: Client, id: number): Promise<void> => {
  await client.query(PROMOTE_FIRST, [id])
}

/** The generation that reads are answered from. @throws (assertion) on a database that was not migrated */
export const liveGeneration = async (client: Pick<Client, 'query'>): Promise<Generation> => {
  const { rows } = await client.query<Generation>(FIND_LIVE_GENERATION)
  const live = rows[0]
  if (!live) throw new Error('no generation is live: has this database been migrated?')
  return live
}

/** The template's names are looked up in the generation first, for the rest of the transaction. */
const runTemplate = async (
  client: Client,
  schemaName: string,
  folder: 'tables' | 'indexes',
  table?: GenerationTable,
): Promise<void> => {
  await client.query(`set local search_path to ${schemaName}`)
  const files = sqlFilesOf('generation', folder).filter(({ name }) => table === undefined || name === `${table}.sql`)
  for (const { sql } of files) await client.query(sql.replaceAll('{{schema}}', schemaName))
}

const INSERT_GENERATION = `
  insert into ledger.generation (id, schema_name, reducer, status)
  values ($1, $2, $3, 'building')`

const PROMOTE_FIRST = `
  update ledger.generation
     set status = 'live',
         promoted_at = now()
   where id = $1
     and status = 'building'`

const FIND_LIVE_GENERATION = `
  select id,
         schema_name as "schemaName",
         reducer,
         status
    from ledger.generation
   where status = 'live'`
