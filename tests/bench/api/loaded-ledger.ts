import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { openStack, removeStack } from '#libs/stack/open-stack.js'
import { makeTopics, produceEvents, produceRegistry } from '../events/produce-events.js'
import { connectTo } from '../projector/databases.js'
import { startProjector } from '../projector/projector-process.js'
import { untilMigrated, watchCheckpoints } from '../projector/watch-checkpoints.js'
import { moveToCore, OTHER_CORE } from './cores.js'

/** Read models that a projector has made of the benchmark's events, on a Postgres that nothing else uses. */
export interface LoadedLedger extends AsyncDisposable {
  readonly databaseUrl: string
  readonly topicPrefix: string
  /** For logs; removed with the rest. */
  readonly directory: string
}

export interface LoadOptions {
  readonly events: number
  readonly seed: number
  /** Whether Postgres is kept on the core that is not the server's. */
  readonly pinned: boolean
  readonly log: (sentence: string) => void
}

/**
 * Starts a Kafka and a Postgres, lets a projector project the events, and stops both but Postgres: what is measured is
 * reading, on a machine that does nothing else.
 */
export async function loadLedger(options: LoadOptions): Promise<LoadedLedger> {
  const resources = closeInReverse()
  try {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'ledger-bench-'))
    resources.defer('the directory', () => removeStack(directory), { closeMsMax: 30_000 })
    const stack = resources.add(await openStack({ dir: directory, restartsMax: 0, log: options.log }), {
      name: 'the stack',
      closeMsMax: 60_000,
    })
    const topicPrefix = `bench-${randomBytes(4).toString('hex')}.`
    await project({ brokers: stack.kafkaBrokers, topicPrefix, adminUrl: stack.databaseUrl }, options)
    await stack.kafka.stop()
    if (options.pinned) await movePostgres(stack.databaseUrl)
    const close = (): Promise<void> => resources[Symbol.asyncDispose]()
    return { databaseUrl: stack.databaseUrl, topicPrefix, directory, [Symbol.asyncDispose]: close }
  } catch (error) {
    await resources[Symbol.asyncDispose]()
    throw error
  }
}

interface Where {
  readonly brokers: readonly string[]
  readonly topicPrefix: string
  readonly adminUrl: string
}

async function project(where: Where, { events, seed, log }: LoadOptions): Promise<void> {
  await makeTopics(where)
  const registry = await produceRegistry(where, seed)
  const statements = await produceEvents(where, events, seed)
  log(`Projecting ${statements.records} events.`)
  await using projector = startProjector({ ...where, events }, { databaseUrl: where.adminUrl, group: randomUUID() })
  await using connection = await connectTo(where.adminUrl)
  await untilMigrated(connection.client, projector)
  const hasBegun = () => Promise.resolve(true)
  const projected = { registry: registry.records, statements: statements.records }
  for (const topic of ['registry', 'statements'] as const)
    await watchCheckpoints(connection.client, [projector], { topic, events: projected[topic], hasBegun })
  // as autovacuum leaves it after a while: not a part of what is measured
  await connection.client.query('vacuum analyze')
}

/** The postmaster, which starts every backend, and the processes that it has started already. */
async function movePostgres(databaseUrl: string): Promise<void> {
  await using connection = await connectTo(databaseUrl)
  const { rows } = await connection.client.query<{ pid: number }>(`
    select pid from pg_stat_activity
     union
    select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int`)
  await moveToCore(
    OTHER_CORE,
    rows.map(({ pid }) => pid),
  )
}
