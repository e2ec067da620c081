import { randomUUID } from 'node:crypto'
import { administer, connectTo, urlOf } from './databases.js'
import { startProjector } from './projector-process.js'
import { benchClient } from './read-topic.js'
import { nameOf } from '#libs/kafka/connect-kafka.js'
import type { BenchContext } from './subject.js'
import { untilMigrated, watchCheckpoints } from './watch-checkpoints.js'

/** Name of a database in which the registry is projected and no statement is: every round starts from a copy of it. */
export const registryTemplateOf = ({ topicPrefix }: BenchContext): string =>
  `${topicPrefix.replaceAll(/[^a-z0-9]/g, '_')}registry`

/** Makes it, while the topics hold the registry only; leaves it as it is if another subject has made it. */
export async function makeRegistryTemplate(context: BenchContext): Promise<void> {
  const name = registryTemplateOf(context)
  if (await exists(context, name)) return
  await administer(context.adminUrl, `create database ${name}`)
  const databaseUrl = urlOf(context.adminUrl, name)
  await using projector = startProjector(context, { databaseUrl, group: randomUUID() })
  await using connection = await connectTo(databaseUrl)
  await untilMigrated(connection.client, projector)
  const hasBegun = () => Promise.resolve(true)
  const events = await registryRecordCount(context)
  await watchCheckpoints(connection.client, [projector], { topic: 'registry', events, hasBegun })
}

export const dropRegistryTemplate = (context: BenchContext): Promise<void> =>
  administer(context.adminUrl, `drop database if exists ${registryTemplateOf(context)} with (force)`)

async function exists({ adminUrl }: BenchContext, name: string): Promise<boolean> {
  await using connection = await connectTo(adminUrl)
  const { rows } = await connection.client.query('select from pg_database where datname = $1', [name])
  return rows.length > 0
}

async function registryRecordCount(context: BenchContext): Promise<number> {
  const admin = benchClient(context).admin()
  await admin.connect()
  try {
    const offsets = await admin.fetchTopicOffsets(nameOf(context, 'registry'))
    return offsets.reduce((sum, { high }) => sum + Number(high), 0)
  } finally {
    await admin.disconnect()
  }
}
