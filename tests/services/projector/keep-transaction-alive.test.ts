import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connect } from '#libs/postgres/database.js'
import { keepTransactionAlive } from '#services/projector/batch/keep-transaction-alive.js'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'

t.teardown(dropTemplate)

/** Postgres ends a transaction in which nothing is said for so long. */
const IDLE_MS_MAX = 2_000
const COMPUTED_MS = 5_000

/** A transaction in which nothing is asked while something is computed. */
const computeIn = async (t: Test, isKeptAlive: boolean): Promise<unknown> => {
  await using database = await testDatabase()
  const client = await connect(
    { ...database.config, statementMsMax: IDLE_MS_MAX },
    { applicationName: 'ledger tests', pipeline: true, onIdleError: () => undefined },
  )
  try {
    await client.query('begin')
    const alive = isKeptAlive ? keepTransactionAlive(client) : undefined
    await setTimeout(COMPUTED_MS)
    alive?.[Symbol.dispose]()
    const { rows } = await client.query('select 1 as computed')
    await client.query('commit')
    return rows[0]
  } finally {
    await client.end().catch(() => t.comment('the connection was gone'))
  }
}

t.test('a batch that computes for long keeps its transaction', async (t) => {
  t.same(await computeIn(t, true), { computed: 1 })
})

t.test('one that says nothing loses it', async (t) => {
  await t.rejects(computeIn(t, false))
})
