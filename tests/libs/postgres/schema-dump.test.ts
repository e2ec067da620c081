import { readFileSync } from 'node:fs'
import t from 'tap'
import { connect } from '#libs/postgres/database.js'
import { dumpSchema } from '#libs/postgres/schema-dump.js'
import { dropTemplate, testDatabase } from './test-database.js'

t.teardown(dropTemplate)

t.test('docs/schema.sql is what the migrations make; npm run db:schema writes it again', async (t) => {
  await using database = await testDatabase()
  const client = await connect(database.config, { applicationName: 'ledger tests', onIdleError: () => undefined })
  t.teardown(() => client.end())
  t.equal(await dumpSchema(client), readFileSync(new URL('../../../../docs/schema.sql', import.meta.url), 'utf8'))
})
