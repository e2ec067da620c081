import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import { connectTo, openDatabase } from '../databases.js'
import { startProjector, type ProjectorSettings } from '../projector-process.js'
import { benchClient } from '../read-topic.js'
import { dropRegistryTemplate, makeRegistryTemplate, registryTemplateOf } from '../registry-template.js'
import type { BenchContext, Measurement, Subject } from '../subject.js'
import { watchCheckpoints } from '../watch-checkpoints.js'

/**
 * The projector as it runs in production, watched from outside by its checkpoints. Each round starts from a database in
 * which the registry has been projected and no statement has. Of two processes, what they do while the group is not yet
 * complete does not count.
 */
export const liveProjectors: readonly Subject[] = [1, 2].map((processes) => ({
  name: `live-${processes}`,
  title: `live projector, ${processes === 1 ? 'one process' : 'two processes'}`,
  prepare: (context) => makeRegistryTemplate(context),
  run: (context) => runLive(context, processes),
  cleanUp: (context) => dropRegistryTemplate(context),
}))

async function runLive(context: BenchContext, processes: number): Promise<Measurement> {
  await using database = await openDatabase(context.adminUrl, registryTemplateOf(context))
  await using connection = await connectTo(database.url)
  const group = randomUUID()
  await using projectors = startProjectors(context, { databaseUrl: database.url, group }, processes)
  const progress = await watchCheckpoints(connection.client, projectors.all, {
    topic: 'statements',
    events: context.events,
    hasBegun: () => isComplete(context, group, processes),
  })
  await assertApplied(connection.client)
  return { progress, residentBytesMax: Math.max(...projectors.all.map((one) => one.residentBytesMax())) }
}

function startProjectors(context: BenchContext, settings: ProjectorSettings, processes: number) {
  const all = Array.from({ length: processes }, () => startProjector(context, settings))
  const stopAll = async (): Promise<void> => {
    await Promise.all(all.map((one) => one[Symbol.asyncDispose]()))
  }
  return { all, [Symbol.asyncDispose]: stopAll }
}

/** Whether the group has all its members and has given them their partitions. One alone begins when it commits. */
async function isComplete(context: BenchContext, group: string, members: number): Promise<boolean> {
  if (members === 1) return true
  const admin = benchClient(context).admin()
  await admin.connect()
  try {
    const { groups } = await admin.describeGroups([`${context.topicPrefix}${group}`])
    return groups[0]?.state === 'Stable' && groups[0].members.length === members
  } finally {
    await admin.disconnect()
  }
}

/** All events of the benchmark are good: one that was not applied is a fault of the projector or of the generator. */
async function assertApplied(client: Client): Promise<void> {
  const { rows } = await client.query<{ outcome: string; code: string | null; count: string }>(COUNT_EXCEPTIONS)
  if (rows.length > 0) throw new Error(`not all events were applied: ${JSON.stringify(rows)}`)
}

const COUNT_EXCEPTIONS = `
  select outcome,
         code,
         count(*) as count
    from generation_1.outcome
   group by outcome, code`
