import { randomBytes } from 'node:crypto'
import type { DatabaseConfig } from '#libs/postgres/config.js'
import { connect, type Client } from '#libs/postgres/database.js'
import { migrate } from '#libs/postgres/migrate.js'
import { sharedPostgres } from '#tests/stack.js'

export interface TestDatabase extends AsyncDisposable {
  readonly config: DatabaseConfig
}

/**
 * A database of its own for one test: a copy of a migrated template, dropped when the test ends.
 */
export const testDatabase = async (): Promise<TestDatabase> => {
  const template = await migratedTemplate()
  const name = `ledger_test_${randomBytes(6).toString('hex')}`
  await asAdmin((client) => client.query(`create database ${name} template ${template} strategy file_copy`))
  return {
    config: await configOf(name),
    [Symbol.asyncDispose]: async () => {
      await asAdmin((client) => client.query(`drop database if exists ${name} with (force)`))
    },
  }
}

/** How to reach another database of the server that tests use. */
const configOf = async (database: string): Promise<DatabaseConfig> => {
  const url = new URL(await sharedPostgres())
  url.pathname = `/${database}`
  return { url: url.href, poolSizeMax: 4, statementMsMax: 30_000, connectMsMax: 5_000 }
}

const asAdmin = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
  const config = { url: await sharedPostgres(), poolSizeMax: 1, statementMsMax: 60_000, connectMsMax: 5_000 }
  const client = await connect(config, { applicationName: 'ledger tests', onIdleError: () => undefined })
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** One template a test process: another process may be at another commit. */
let template: Promise<string> | undefined
const migratedTemplate = (): Promise<string> => (template ??= makeTemplate())

const makeTemplate = async (): Promise<string> => {
  const name = `ledger_template_${process.pid}_${randomBytes(3).toString('hex')}`
  await asAdmin((client) => client.query(`create database ${name} template template0 encoding 'UTF8'`))
  const client = await connect(await configOf(name), { applicationName: 'ledger tests', onIdleError: () => undefined })
  await migrate(client).finally(() => client.end())
  return name
}

/** To be called once the last test of a file has ended. */
export const dropTemplate = async (): Promise<void> => {
  if (template === undefined) return
  const name = await template
  template = undefined
  await asAdmin((client) => client.query(`drop database if exists ${name} with (force)`))
}
