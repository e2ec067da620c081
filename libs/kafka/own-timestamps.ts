import kafkajs from 'kafkajs'
import type { TopicRole } from '#libs/contracts/topics.js'
import type { KafkaConnection } from './connect-kafka.js'

/** How Kafka marks what was set for the topic itself, and not for its broker. */
const OF_THE_TOPIC = 1
const TIMESTAMP_TYPE = 'message.timestamp.type'

/**
 * Runs `work` while the topics take the instants that records bring, instead of the broker's. Whatever else was set for a
 * topic stays. If the process is killed meanwhile, services refuse the topics as they are, until this has run again.
 */
export async function withOwnTimestamps<T>(
  kafka: KafkaConnection,
  roles: readonly TopicRole[],
  work: () => Promise<T>,
): Promise<T> {
  await setTimestampType(kafka, roles, 'CreateTime')
  try {
    return await work()
  } finally {
    await withBrokerTimestamps(kafka, roles)
  }
}

/** The topics take the broker's instants, as they must: also after a process that was killed within the above. */
export const withBrokerTimestamps = (kafka: KafkaConnection, roles: readonly TopicRole[]): Promise<void> =>
  setTimestampType(kafka, roles, 'LogAppendTime')

async function setTimestampType(kafka: KafkaConnection, roles: readonly TopicRole[], type: string): Promise<void> {
  const named = roles.map((role) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name: kafka.topicName(role) }))
  const { resources } = await kafka.admin.describeConfigs({ includeSynonyms: false, resources: named })
  await kafka.admin.alterConfigs({
    validateOnly: false,
    // Kafka takes the whole of a topic's settings: what is left out falls back to the broker's
    resources: resources.map(({ resourceName, configEntries }) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: resourceName,
      configEntries: [
        ...configEntries
          .filter(
            ({ configName, configSource }) =>
              (configSource as number) === OF_THE_TOPIC && configName !== TIMESTAMP_TYPE,
          )
          .map(({ configName: name, configValue: value }) => ({ name, value })),
        { name: TIMESTAMP_TYPE, value: type },
      ],
    })),
  })
}
