import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { connect, type Client } from '#libs/postgres/database.js'
import { LOCK_REGISTRY_SHARED } from '#services/projector/checkpoints/checkpoints.sql.js'
import { endStuckSessions } from '#services/projector/checkpoints/stuck-sessions.js'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'

t.teardown(dropTemplate)
t.setTimeout(60_000) // a bound for a busy machine

/** A COPY whose rows never come, as of a process that was stopped while it sent them. */
class UnfinishedCopy extends pg.Query {
  override submit = (connection: unknown): void => {
    const wire = connection as { query(text: string): void }
    wire.query('copy ledger.journal (topic, partition, record_offset, recorded_at) from stdin')
  }
  handleCopyInResponse(): void {
    return undefined
  }
}

t.test('a session that stopped sending while it held the lock is ended, others are not', async (t) => {
  await using database = await testDatabase()
  const open = () =>
    connect(
      { ...database.config, statementMsMax: 1_000 },
      { applicationName: 'ledger tests', onIdleError: () => undefined },
    )
  const [stuck, resting, asking] = await Promise.all([open(), open(), open()])
  try {
    for (const client of [stuck, resting]) {
      await client.query('begin')
      await client.query(LOCK_REGISTRY_SHARED, [1])
    }
    const lost = copyForever(stuck)
    await setTimeout(1_500)
    t.equal(await isAlive(asking, stuck), true, 'the limit of a statement does not end it')
    t.equal(await endStuckSessions(asking, 60_000), 0, 'one that has not waited for so long is left alone')
    t.equal(await endStuckSessions(asking, 1_000), 1)
    t.match((await lost)?.message, /terminating connection|Connection terminated/)
    t.equal(await isAlive(asking, stuck), false)
    t.equal(await endStuckSessions(asking, 1_000), 0)
  } finally {
    await Promise.all([stuck, resting, asking].map((client) => client.end().catch(() => undefined)))
  }
})

const copyForever = (client: Client): Promise<Error | undefined> =>
  new Promise((resolve) => {
    client.query(new UnfinishedCopy('copy', undefined, (error: Error | undefined) => resolve(error)))
  })

const isAlive = async (asking: Client, { processID }: Client & { processID?: number }): Promise<boolean> => {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { rows } = await asking.query('select from pg_stat_activity where pid = $1', [processID])
    if (rows.length === 0) return false
    await setTimeout(50)
  }
  return true
}
