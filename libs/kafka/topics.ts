import kafkajs, { type ITopicConfig } from 'kafkajs'
import { RECORD_BYTES_MAX, TOPICS, type TopicRole } from '#libs/contracts/topics.js'
import { nameOf, type KafkaConnection } from './connect-kafka.js'
import { KafkaError } from './errors.js'
import { partitionKey } from './records.js'

/**
 * Largest record batch that a topic takes, in bytes. Four times the largest record that we read: what a stranger
 * publishes between the two reaches the topic and is quarantined as too large, and our own batches have room.
 */
export const BATCH_BYTES_MAX = 4 * RECORD_BYTES_MAX

const ALL_ROLES = Object.keys(TOPICS) as TopicRole[]

/** The settings that a topic must have (docs/design.md 2), as Kafka names them. */
export function requiredSettings(role: TopicRole): Record<string, string> {
  return {
    'cleanup.policy': TOPICS[role].cleanup,
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': String(BATCH_BYTES_MAX),
  }
}

/**
 * Makes the topics that are missing; leaves those that exist as they are.
 * @returns the roles of the topics that were made
 */
export async function ensureTopics(
  kafka: KafkaConnection,
  roles: readonly TopicRole[] = ALL_ROLES,
): Promise<TopicRole[]> {
  const existing = new Set(await kafka.admin.listTopics())
  const missing = roles.filter((role) => !existing.has(kafka.topicName(role)))
  if (missing.length === 0) return []
  try {
    // kafkajs would wait for leaders too, and fail where a busy broker has not heard of the topic yet: we wait below
    const topics = missing.map((role) => creation(kafka, role))
    await kafka.admin.createTopics({ topics, timeout: 15_000, waitForLeaders: false })
  } catch (error) {
    // another service made them at the same time
    if (!isAlreadyThere(error)) throw error
  }
  await untilLed(kafka, roles)
  return missing
}

function creation(kafka: KafkaConnection, role: TopicRole): ITopicConfig {
  return {
    topic: kafka.topicName(role),
    numPartitions: TOPICS[role].partitions,
    replicationFactor: -1, // the broker's default
    configEntries: Object.entries(requiredSettings(role)).map(([name, value]) => ({ name, value })),
  }
}

const isAlreadyThere = (error: unknown): boolean =>
  error instanceof Error && /already exists/i.test(`${error.message} ${JSON.stringify(error)}`)

/** A topic just made has no leaders for some milliseconds, and offsets cannot be asked for until it has. */
async function untilLed(kafka: KafkaConnection, roles: readonly TopicRole[]): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await endOffsets(kafka, roles)
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new KafkaError('TOPIC_MISSING', `The topics ${roles.join(', ')} were made but no broker leads them.`)
}

/**
 * Checks that topics are what the ledger needs, so that no service writes to one that forgets.
 * @throws KafkaError TOPIC_MISSING or TOPIC_MISCONFIGURED, naming every setting that is wrong and the command that mends it
 */
export async function checkTopics(kafka: KafkaConnection, roles: readonly TopicRole[] = ALL_ROLES): Promise<void> {
  const existing = new Set(await kafka.admin.listTopics())
  const missing = roles.filter((role) => !existing.has(kafka.topicName(role)))
  if (missing.length > 0)
    throw new KafkaError('TOPIC_MISSING', missing.map((role) => `\n  ${createCommand(kafka, role)}`).join(''))
  const faults = [...(await partitionFaults(kafka, roles)), ...(await settingFaults(kafka, roles))]
  if (faults.length > 0) throw new KafkaError('TOPIC_MISCONFIGURED', `${faults.join('\n')}\n`)
}

async function partitionFaults(kafka: KafkaConnection, roles: readonly TopicRole[]): Promise<string[]> {
  const { topics } = await kafka.admin.fetchTopicMetadata({ topics: roles.map((role) => kafka.topicName(role)) })
  return topics.flatMap(({ name, partitions }) => {
    const role = kafka.topicRole(name)
    if (role === undefined || partitions.length === TOPICS[role].partitions) return []
    return [
      `${name} has ${partitions.length} partitions, not ${TOPICS[role].partitions}: a topic's partitions cannot be mended, since keys ` +
        `already stand where their number put them. Restore it from the journal under another name: ${createCommand(kafka, role)}`,
    ]
  })
}

async function settingFaults(kafka: KafkaConnection, roles: readonly TopicRole[]): Promise<string[]> {
  const { resources } = await kafka.admin.describeConfigs({
    includeSynonyms: false,
    resources: roles.map((role) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name: kafka.topicName(role) })),
  })
  return resources.flatMap(({ resourceName, configEntries }) => {
    const role = kafka.topicRole(resourceName)
    if (role === undefined) return []
    const actual = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]))
    return Object.entries(requiredSettings(role))
      .filter(([name, value]) => !settingHolds(name, value, actual.get(name)))
      .map(
        ([name, value]) =>
          `${resourceName} has ${name}=${actual.get(name) ?? '?'}, not ${value}. ` +
          `Mend it: kafka-configs.sh --bootstrap-server ${kafka.config.brokers.join(',')} --alter --topic ${resourceName} --add-config ${name}=${value}`,
      )
  })
}

/** Room for larger batches than we need does no harm; everything else must be exactly so. */
const settingHolds = (name: string, required: string, actual: string | undefined): boolean =>
  name === 'max.message.bytes' ? Number(actual) >= Number(required) : actual === required

function createCommand({ config }: KafkaConnection, role: TopicRole): string {
  const settings = Object.entries(requiredSettings(role)).map(([name, value]) => `--config ${name}=${value}`)
  return (
    `kafka-topics.sh --bootstrap-server ${config.brokers.join(',')} --create --topic ${nameOf(config, role)} ` +
    `--partitions ${TOPICS[role].partitions} ${settings.join(' ')}`
  )
}

/** First offset held and next offset to be written, of one partition. */
export interface OffsetRange {
  readonly low: bigint
  readonly end: bigint
}

/** What offsets each partition of these topics holds, by `partitionKey(role, partition)`. */
export async function offsetRanges(
  kafka: KafkaConnection,
  roles: readonly TopicRole[],
): Promise<Map<string, OffsetRange>> {
  const ranges = new Map<string, OffsetRange>()
  for (const role of roles) {
    for (const { partition, low, high } of await kafka.admin.fetchTopicOffsets(kafka.topicName(role)))
      ranges.set(partitionKey(role, partition), { low: BigInt(low), end: BigInt(high) })
  }
  return ranges
}

/** The next offset to be written of each partition, by `partitionKey(role, partition)`. */
export async function endOffsets(kafka: KafkaConnection, roles: readonly TopicRole[]): Promise<Map<string, bigint>> {
  const ranges = await offsetRanges(kafka, roles)
  return new Map([...ranges].map(([key, { end }]) => [key, end]))
}
