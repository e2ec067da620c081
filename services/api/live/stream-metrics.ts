import { Counter, Gauge, type Registry } from 'prom-client'
import type { LiveChanges } from './live-changes.js'

/** What an operator watches of the stream. Names are stable. */
export const streamMetrics = (registry: Registry, live: LiveChanges): void => {
  const registers = [registry]
  new Gauge({
    name: 'stream_subscribers',
    help: 'Streams of changes that are open',
    registers,
    collect() {
      this.set(live.subscribers.size)
    },
  })
  new Gauge({
    name: 'stream_newest_number',
    help: 'Number of the last change that was sent to all who are live',
    registers,
    collect() {
      this.set(live.broadcast.sent)
    },
  })
  let counted = 0
  new Counter({
    name: 'stream_deliveries_total',
    help: 'Changes sent, one for each stream that got it live',
    registers,
    collect() {
      this.inc(live.delivered - counted)
      counted = live.delivered
    },
  })
}
