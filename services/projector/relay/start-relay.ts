import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { ReadinessCheck } from '#libs/http/health.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { checkTopics, ensureTopics } from '#libs/kafka/topics.js'
import type { RelayConfig } from './config.js'
import { relayMetrics } from './metrics.js'
import { Relay, type RelayStatus } from './relay.js'
import { logged } from './relay-log.js'
import { RelayThread } from './relay-thread.js'
import type { RelaySetup } from './worker-messages.js'

interface Observers {
  readonly log: Logger
  readonly metrics: Registry
}

/** Starts a relay on this thread, with its metrics and its log. It may stand by: close it all the same. */
export const startRelay = async (
  config: RelayConfig,
  kafka: KafkaConnection,
  { log, metrics }: Observers,
): Promise<Relay> => {
  await prepareTopics(kafka)
  const relay = new Relay(config, kafka, logged(log, relayMetrics(metrics)))
  relay.start()
  return relay
}

/** The same on a thread of its own, beside something that computes all the time. `kafka` only makes sure of the topics. */
export const startRelayThread = async (
  setup: RelaySetup,
  kafka: KafkaConnection,
  { log, metrics }: Observers,
): Promise<RelayThread> => {
  await prepareTopics(kafka)
  const events = relayMetrics(metrics)
  const thread = new RelayThread(setup, {
    ...events,
    died: (error) => {
      events.failed(error)
      log.error({ err: error }, 'The thread of the relay has ended and is started again.')
    },
  })
  thread.start()
  return thread
}

const prepareTopics = async (kafka: KafkaConnection): Promise<void> => {
  await ensureTopics(kafka, ['positions', 'changes'])
  await checkTopics(kafka, ['positions', 'changes'])
}

/** Behind by how much, for /health/ready. Waiting for another relay is well; not getting on with it is not. */
export const relayCheck = ({ state, backlog }: RelayStatus): ReadinessCheck => ({
  name: 'relay',
  ok: state !== 'failing',
  detail: backlog
    ? `leading; ${backlog.rows} rows of the outbox wait, the oldest for ${Math.round(backlog.oldestMs)} ms`
    : state,
})
