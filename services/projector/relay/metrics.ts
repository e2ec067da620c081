import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { RelayEvents } from './relay.js'

/** What an operator watches. Names and labels are stable. */
export const relayMetrics = (registry: Registry): RelayEvents => {
  const registers = [registry]
  const messages = new Counter({
    name: 'relay_messages_published_total',
    help: 'Messages committed to the derived topics',
    labelNames: ['topic'],
    registers,
  })
  const seconds = new Histogram({
    name: 'relay_transaction_duration_seconds',
    help: 'From the first message of a Kafka transaction until its rows are marked as published',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const backlogRows = new Gauge({
    name: 'relay_backlog_rows',
    help: 'Rows of the outbox that wait, counted up to 10000',
    registers,
  })
  const backlogAge = new Gauge({
    name: 'relay_backlog_age_seconds',
    help: 'How long the oldest row of the outbox has been waiting',
    registers,
  })
  const leading = new Gauge({ name: 'relay_leading', help: '1 while this process is the relay', registers })
  const failures = new Counter({ name: 'relay_failures_total', help: 'Failures that are tried again', registers })
  return {
    leads: () => leading.set(1),
    published: (topics, elapsedMs) => {
      for (const [topic, count] of Object.entries(topics)) messages.inc({ topic }, count)
      seconds.observe(elapsedMs / 1000)
    },
    backlog: ({ rows, oldestMs }) => {
      backlogRows.set(rows)
      backlogAge.set(oldestMs / 1000)
    },
    failed: () => {
      leading.set(0)
      failures.inc()
    },
    entered: () => undefined,
  }
}
