import type { Logger } from 'pino'
import type { RelayEvents } from './relay.js'

/**
 * Says what happens, and passes it on. Failures that are tried again are said once a second at most: they come in bursts
 * while Postgres or Kafka is away.
 */
export const logged = (log: Logger, events: RelayEvents): RelayEvents => {
  let saidAtMs = -Infinity
  return {
    ...events,
    leads: (found) => {
      events.leads(found)
      log.info({ ...found }, 'This process relays the outbox to the derived topics.')
      if (found.lost > 0)
        log.warn({ rows: found.lost }, 'The derived topics lack what was published: it is published again.')
      if (found.restored)
        log.warn('The derived topics are ahead of this database: it goes on behind their last sequence and number.')
    },
    failed: (error) => {
      events.failed(error)
      if (performance.now() - saidAtMs < 1_000) return
      saidAtMs = performance.now()
      log.warn({ err: error }, 'Relaying failed and is tried again.')
    },
  }
}
