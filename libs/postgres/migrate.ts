import { runner } from 'node-pg-migrate'
import { BUILT_IN_REDUCER, createGeneration, promoteFirst } from './generation.js'
import { inTransaction, type Client } from './database.js'
import { grantRoles } from './roles.js'
import { MIGRATIONS_DIRECTORY } from './sql-directory.js'

/**
 * Brings a database to the current schema, and makes the first generation where there is none. Several services may do
 * this at once: the later ones wait, and find nothing to do.
 * @param client a connection of its own; its statement timeout is lifted
 * @returns names of the migrations that ran
 */
export const migrate = async (client: Client): Promise<string[]> => {
  await client.query('set statement_timeout = 0')
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
  try {
    const ran = await runMigrations(client)
    await inTransaction(client, async () => {
      await grantRoles(client)
      await ensureLiveGeneration(client)
    })
    return ran
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK])
  }
}

/** Any number that no other user of this database takes. */
const MIGRATION_LOCK = 7_301_000

const runMigrations = async (client: Client): Promise<string[]> => {
  const quiet = () => undefined
  const ran = await runner({
    // a connection that it is given stays open
    dbClient: client,
    dir: MIGRATIONS_DIRECTORY,
    direction: 'up',
    migrationsTable: 'migration',
    migrationsSchema: 'ledger',
    createMigrationsSchema: true,
    // its own lock gives up where another runs; ours waits
    noLock: true,
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  })
  return ran.map(({ name }) => name)
}

const ensureLiveGeneration = async (client: Client): Promise<void> => {
  const { rowCount } = await client.query(`select id from ledger.generation limit 1`)
  if (rowCount !== 0) return
  await createGeneration(client, { id: 1, reducer: BUILT_IN_REDUCER })
  await promoteFirst(client, 1)
}
