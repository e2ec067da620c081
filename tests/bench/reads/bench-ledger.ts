import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeEvent } from '#libs/contracts/cloud-event.js'
import type { AnyEventOf, RegistryEventType, StatementEventType } from '#libs/contracts/events.js'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { openStack, removeStack } from '#libs/stack/open-stack.js'
import { makeTopics, produceRecords, removeTopics } from '../events/produce-events.js'
import { connectTo, openDatabase } from '../projector/databases.js'
import { startProjector } from '../projector/projector-process.js'
import { untilMigrated, watchCheckpoints } from '../projector/watch-checkpoints.js'
import { startApi } from './api-process.js'

/** A ledger of the benchmark's own: real topics, a projector and an api, each in its process. */
export interface BenchLedger {
  readonly apiUrl: string
  readonly brokers: readonly string[]
  readonly topicPrefix: string
  /** Puts events on their topic and waits until all of it is projected. @returns an instant after the last of them */
  record(role: 'registry' | 'statements', events: readonly BenchEvent[]): Promise<string>
}

type BenchEvent = AnyEventOf<RegistryEventType | StatementEventType>

export interface BenchLedgerOptions {
  readonly profileDirectory: string | undefined
  readonly log: (sentence: string) => void
}

/** Runs `use` on a ledger; on a Kafka and a Postgres of its own, or those that KAFKA_BROKERS and DATABASE_URL name. */
export async function withBenchLedger(
  options: BenchLedgerOptions,
  use: (ledger: BenchLedger) => Promise<void>,
): Promise<void> {
  await using resources = closeInReverse()
  const { brokers, adminUrl } = fromEnvironment() ?? (await ownStack(resources, options))
  const topicPrefix = `bench-${randomBytes(4).toString('hex')}.`
  const target = { brokers, topicPrefix }
  await makeTopics(target)
  resources.defer('the topics', () => removeTopics(target), { closeMsMax: 30_000 })
  const database = resources.add(await openDatabase(adminUrl), { name: 'the database', closeMsMax: 30_000 })
  const connection = resources.add(await connectTo(database.url), { name: 'the connection' })
  const projector = resources.add(
    startProjector({ ...target, adminUrl, events: 0 }, { databaseUrl: database.url, group: randomUUID() }),
    { name: 'the projector', closeMsMax: 30_000 },
  )
  await untilMigrated(connection.client, projector)
  const api = resources.add(
    await startApi({ databaseUrl: database.url, topicPrefix, profileDirectory: options.profileDirectory }),
    { name: 'the api', closeMsMax: 30_000 },
  )
  const recorded = { registry: 0, statements: 0 }
  await use({
    ...target,
    apiUrl: api.url,
    record: async (role, events) => {
      await produceRecords(
        target,
        role,
        events.map((event) => ({ key: event.partitionkey, value: encodeEvent(event as never) })),
      )
      recorded[role] += events.length
      await watchCheckpoints(connection.client, [projector], {
        topic: role,
        events: recorded[role],
        hasBegun: () => Promise.resolve(true),
      })
      return anInstantAfter()
    },
  })
}

/** The broker's clock is this machine's: what comes later has a later millisecond. */
async function anInstantAfter(): Promise<string> {
  await sleep(20)
  const instant = new Date().toISOString()
  await sleep(20)
  return instant
}

function fromEnvironment() {
  const { KAFKA_BROKERS: brokers, DATABASE_URL: adminUrl } = process.env
  return brokers && adminUrl ? { brokers: brokers.split(','), adminUrl } : undefined
}

async function ownStack(resources: ReturnType<typeof closeInReverse>, { log }: BenchLedgerOptions) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-bench-'))
  resources.defer('the directory', () => removeStack(dir), { closeMsMax: 30_000 })
  const stack = resources.add(await openStack({ dir, restartsMax: 0, log }), { name: 'the stack', closeMsMax: 60_000 })
  return { brokers: stack.kafkaBrokers, adminUrl: stack.databaseUrl }
}
