import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { pino } from 'pino'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { Relay, type RelayEvents } from './relay.js'
import { logged } from './relay-log.js'
import type { FromRelayWorker, RelaySetup, ToRelayWorker } from './worker-messages.js'

/** A thread that relays until it is asked to stop. What it throws ends it; who started it starts another. */
const work = async (port: MessagePort, setup: RelaySetup): Promise<void> => {
  const log = pino({ level: setup.log.level, base: { service: setup.log.service } })
  await using kafka = await connectKafka(setup.kafka, log)
  await using relay = new Relay(setup.relay, kafka, logged(log, eventsTo(port)))
  const stopped = new Promise<void>((resolve) =>
    port.on('message', ({ kind }: ToRelayWorker) => (kind === 'stop' ? resolve() : relay.giveWay())),
  )
  relay.start()
  await stopped
}

const eventsTo = (port: MessagePort): RelayEvents => {
  const tell = (message: FromRelayWorker) => port.postMessage(message)
  return {
    leads: (found) => tell({ kind: 'leads', found }),
    published: (topics, elapsedMs) => tell({ kind: 'published', topics, elapsedMs }),
    backlog: (backlog) => tell({ kind: 'backlog', backlog }),
    failed: () => tell({ kind: 'failed' }),
    entered: (state) => tell({ kind: 'entered', state }),
  }
}

const port = parentPort
if (port === null) throw new Error('this file is run as a worker')
await work(port, workerData as RelaySetup)
port.close()
