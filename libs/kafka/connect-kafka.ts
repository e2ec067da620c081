import kafkajs, { type Admin, type Kafka, type KafkaConfig as KafkajsConfig, type LogEntry } from 'kafkajs'
import { TOPICS, type TopicRole } from '#libs/contracts/topics.js'
import { registerCodecs } from './codecs.js'
import type { KafkaConfig } from './config.js'
import { KafkaError } from './errors.js'
import { registerRecordEncoding } from './record-encoding.js'

/** Where sentences about Kafka go. A pino logger fits. */
export interface KafkaLog {
  debug(fields: object, sentence: string): void
  info(fields: object, sentence: string): void
  warn(fields: object, sentence: string): void
  error(fields: object, sentence: string): void
}

/** A Kafka that answered. Hand it to the publisher, the readers and the topic checks. */
export interface KafkaConnection extends AsyncDisposable {
  readonly config: KafkaConfig
  /** kafkajs itself; only for libs/kafka. */
  readonly client: Kafka
  /** The same, for readers: it stays with a broker that is away for longer. */
  readonly readerClient: Kafka
  /** One shared connection for questions about topics; only for libs/kafka. */
  readonly admin: Admin
  readonly log: KafkaLog
  topicName(role: TopicRole): string
  topicRole(name: string): TopicRole | undefined
  close(): Promise<void>
}

const silence = () => undefined
const SILENT: KafkaLog = { debug: silence, info: silence, warn: silence, error: silence }

/**
 * Reaches a Kafka, within a bound.
 * @throws KafkaError KAFKA_UNREACHABLE
 */
export async function connectKafka(config: KafkaConfig, log: KafkaLog = SILENT): Promise<KafkaConnection> {
  registerCodecs()
  registerRecordEncoding()
  const settings: KafkajsConfig = { ...kafkajsConfig(config), logCreator: () => (entry) => relay(entry, log) }
  const client = new kafkajs.Kafka(settings)
  const admin = client.admin()
  try {
    await admin.connect()
  } catch (cause) {
    await admin.disconnect().catch(() => undefined)
    throw new KafkaError('KAFKA_UNREACHABLE', `No Kafka answers at ${config.brokers.join(', ')}.`, { cause })
  }
  const roleByName = new Map((Object.keys(TOPICS) as TopicRole[]).map((role) => [nameOf(config, role), role]))
  const close = () => admin.disconnect()
  return {
    config,
    client,
    readerClient: new kafkajs.Kafka({ ...settings, retry: READER_RETRY }),
    admin,
    log,
    topicName: (role) => nameOf(config, role),
    topicRole: (name) => roleByName.get(name),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The name of a topic as this configuration has it. */
export const nameOf = (config: Pick<KafkaConfig, 'topicPrefix'>, role: TopicRole): string =>
  `${config.topicPrefix}${TOPICS[role].name}`

/**
 * About 13 s as the same member of the group: who comes back as another must wait until the group has given up on the
 * first, and a broker's restart should not cost that.
 */
export const READER_RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 2, retries: 15 } as const

function kafkajsConfig(config: KafkaConfig): KafkajsConfig {
  return {
    brokers: [...config.brokers],
    clientId: config.clientId,
    ssl: config.ssl,
    ...(config.sasl === undefined ? {} : { sasl: config.sasl as NonNullable<KafkajsConfig['sasl']> }),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    // about 6 s in all: long enough for "coordinator is loading" after a broker's start; whoever calls decides on more
    retry: { initialRetryTime: 100, maxRetryTime: 1_500, multiplier: 2, retries: 7 },
    logLevel: kafkajs.logLevel.WARN,
  }
}

/** kafkajs reports each hiccup that it then mends as an error: to us they are details, what matters we report ourselves. */
function relay({ namespace, label, log: { message, error, stack: _stack, ...rest } }: LogEntry, log: KafkaLog): void {
  const fields = {
    component: `kafkajs ${namespace}`,
    level: label,
    ...rest,
    ...(error ? { cause: String(error) } : {}),
  }
  log.debug(fields, message)
}
