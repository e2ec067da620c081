import { z } from 'zod'

/** How to reach a Kafka. */
export interface KafkaConfig {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[]
  /** What the broker calls us in its logs and quotas. */
  readonly clientId: string
  /** Before the name of each topic; empty in production. */
  readonly topicPrefix: string
  readonly ssl: boolean
  readonly sasl?: KafkaSasl | undefined
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

const broker = z.string().regex(/^[^\s,:/]+:\d{1,5}$|^\[[0-9a-fA-F:.]+\]:\d{1,5}$/, 'must be host:port')

/** The part of the environment that says how to reach Kafka: spread it into a service's own schema. */
export const KAFKA_ENV = {
  KAFKA_BROKERS: z
    .string()
    .transform((list) => list.split(',').map((one) => one.trim()))
    .pipe(z.array(broker).min(1))
    .describe('Brokers to begin with, `host:port`, with commas between.'),
  KAFKA_SSL: z.stringbool().default(false).describe('Whether they are spoken to over TLS.'),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('How to sign in; with the two below, all three or none.'),
  KAFKA_SASL_USERNAME: z.string().min(1).optional().describe('Who signs in.'),
  KAFKA_SASL_PASSWORD: z.string().min(1).optional().describe('With what.'),
  TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,100}$/)
    .default('')
    .describe('Before the name of each topic, group and transactional id: for several ledgers on one Kafka.'),
}
type KafkaEnv = z.output<z.ZodObject<typeof KAFKA_ENV>>

/** @throws Error if SASL is named by half: CONFIG_INVALID is for the caller, who knows the other variables */
export function kafkaConfigOf(env: KafkaEnv, clientId: string): KafkaConfig {
  return {
    brokers: env.KAFKA_BROKERS,
    clientId,
    topicPrefix: env.TOPIC_PREFIX,
    ssl: env.KAFKA_SSL,
    sasl: saslOf(env),
  }
}

function saslOf(env: KafkaEnv): KafkaSasl | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env
  if (mechanism === undefined && username === undefined && password === undefined) return undefined
  if (mechanism === undefined || username === undefined || password === undefined)
    throw new Error('KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD: set all three or none.')
  return { mechanism, username, password }
}
