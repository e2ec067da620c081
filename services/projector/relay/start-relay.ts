import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { ReadinessCheck } from '#libs/http/health.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { checkTopics, ensureTopics } from '#libs/kafka/topics.js'
import type { RelayConfig } from './config.js'
import { relayMetrics } from './metrics.js'
import { Relay, type RelayEvents } from './relay.js'

/** Starts a relay in this process, with its metrics and its log. It may stand by: close it all the same. */
export const startRelay = async (
  config: RelayConfig,
  kafka: KafkaConnection,
  { log, metrics }: { readonly log: Logger; readonly metrics: Registry },
): Promise<Relay> => {
  await ensureTopics(kafka, ['positions', 'changes'])
  await checkTopics(kafka, ['positions', 'changes'])
  const relay = new Relay(config, kafka, eventsTo(log, relayMetrics(metrics)))
  relay.start()
  return relay
}

/** Behind by how much, for /health/ready. Waiting for another relay is well; not getting on with it is not. */
export const relayCheck = ({ state, backlog }: Relay): ReadinessCheck => ({
  name: 'relay',
  ok: state !== 'failing',
  detail: backlog
    ? `leading; ${backlog.rows} rows of the outbox wait, the oldest for ${Math.round(backlog.oldestMs)} ms`
    : state,
})

/** Failures that are tried again are said once a second at most: they come in bursts while Postgres or Kafka is away. */
const eventsTo = (log: Logger, metrics: RelayEvents): RelayEvents => {
  let saidAtMs = -Infinity
  return {
    ...metrics,
    leads: (found) => {
      metrics.leads(found)
      log.info({ ...found }, 'This process relays the outbox to the derived topics.')
      if (found.lost > 0)
        log.warn({ rows: found.lost }, 'The derived topics lack what was published: it is published again.')
      if (found.restored)
        log.warn('The derived topics are ahead of this database: it goes on behind their last sequence and number.')
    },
    failed: (error) => {
      metrics.failed(error)
      if (performance.now() - saidAtMs < 1_000) return
      saidAtMs = performance.now()
      log.warn({ err: error }, 'Relaying failed and is tried again.')
    },
  }
}
