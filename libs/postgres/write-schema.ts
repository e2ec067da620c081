import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connect, type Client } from './database.js'
import { migrate } from './migrate.js'
import { dumpSchema } from './schema-dump.js'

/** `npm run db:schema`: writes docs/schema.sql from a database that is made for it on the server that DATABASE_URL names. */
const SCHEMA_FILE = fileURLToPath(new URL('../../../docs/schema.sql', import.meta.url))

const main = async (url: string | undefined): Promise<number> => {
  if (url === undefined) {
    process.stderr.write('DATABASE_URL is not set: name a Postgres on which a database may be made.\n')
    return 1
  }
  const name = `ledger_schema_${randomBytes(6).toString('hex')}`
  await withClient(url, (client) => client.query(`create database ${name} template template0`))
  try {
    const fresh = new URL(url)
    fresh.pathname = `/${name}`
    await withClient(fresh.href, async (client) => {
      await migrate(client)
      writeFileSync(SCHEMA_FILE, await dumpSchema(client))
    })
  } finally {
    await withClient(url, (client) => client.query(`drop database ${name} with (force)`))
  }
  return 0
}

const withClient = async (url: string, work: (client: Client) => Promise<unknown>): Promise<void> => {
  const config = { url, poolSizeMax: 1, statementMsMax: 60_000, connectMsMax: 5_000 }
  const client = await connect(config, { applicationName: 'statement-ledger schema', onIdleError: () => undefined })
  await work(client).finally(() => client.end())
}

process.exitCode = await main(process.env.DATABASE_URL)
