import Fastify from 'fastify'
import { pino, type Logger } from 'pino'
import type { Registry } from 'prom-client'
import { SOURCE_TOPIC_ROLES } from '#libs/contracts/topics.js'
import { addHealth, type ReadinessCheck } from '#libs/http/health.js'
import { addObservation } from '#libs/http/observation.js'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { checkTopics, ensureTopics } from '#libs/kafka/topics.js'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { connect } from '#libs/postgres/database.js'
import { liveGeneration, type Generation } from '#libs/postgres/generation.js'
import { migrate } from '#libs/postgres/migrate.js'
import { parseConfig, type ProjectorConfig } from './config.js'
import { projectorMetrics } from './metrics.js'
import { Projector, type ProjectorEvents } from './projector.js'
import type { RelayThread } from './relay/relay-thread.js'
import { relayCheck, startRelayThread } from './relay/start-relay.js'
import { loadReducers } from './tracks/load-reducers.js'

const SERVICE = 'projector'

/** The process: reads its settings, opens what it needs, projects until it is asked to stop. @returns its exit code */
const main = async (): Promise<number> => {
  using stop = watchStopSignals()
  try {
    const config = parseConfig(process.env)
    await serve(config, pino({ level: config.logLevel, base: { service: SERVICE } }), stop.received)
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

const serve = async (config: ProjectorConfig, log: Logger, stopped: Promise<unknown>): Promise<void> => {
  await using resources = closeInReverse()
  const reducers = await loadReducers(config.reducerModules)
  const generation = await prepareDatabase(config)
  const kafka = resources.add(await connectKafka(config.kafka, log), { name: 'Kafka', closeMsMax: 5_000 })
  await ensureTopics(kafka, SOURCE_TOPIC_ROLES)
  await checkTopics(kafka, SOURCE_TOPIC_ROLES)
  const app = Fastify({ logger: false, forceCloseConnections: true })
  const registry = addObservation(app, { processMetrics: true })
  const relay = await startRelay(config, kafka, log, registry)
  if (relay) resources.add(relay, { name: 'The relay', closeMsMax: 10_000 })
  const busy = () => relay?.giveWay()
  const projector = new Projector(config, eventsTo(log, projectorMetrics(registry), config, busy), reducers)
  addHealth(app, () => [...checks(projector), ...(relay ? [relayCheck(relay)] : [])])
  resources.add(projector, { name: 'The projector', closeMsMax: 15_000 })
  await projector.start(kafka)
  resources.add(app, { name: 'HTTP', closeMsMax: 2_000 })
  await app.listen({ host: config.host, port: config.port })
  log.info({ generation: generation.id, port: config.port }, 'The projector is reading.')
  await stopped
  log.info('The projector is stopping.')
}

/** @returns null where this process relays nothing */
const startRelay = async (
  { relay, kafka: kafkaConfig, logLevel }: ProjectorConfig,
  kafka: KafkaConnection,
  log: Logger,
  metrics: Registry,
): Promise<RelayThread | null> => {
  if (relay === null) return null
  const setup = { relay, kafka: kafkaConfig, log: { level: logLevel, service: SERVICE } }
  return await startRelayThread(setup, kafka, { log, metrics })
}

const prepareDatabase = async (config: ProjectorConfig): Promise<Generation> => {
  const client = await connect(config.database, {
    applicationName: 'statement-ledger projector start',
    onIdleError: () => undefined,
  })
  try {
    await migrate(client)
    return await liveGeneration(client)
  } finally {
    await client.end()
  }
}

const checks = (projector: Projector): ReadinessCheck[] => [
  projector.haltedBy === null
    ? { name: 'projecting', ok: true }
    : { name: 'projecting', ok: false, detail: projector.haltedBy },
  {
    name: 'partitions',
    ok: projector.isFlowing,
    detail: 'whether its partitions have been assigned and are being read',
  },
]

/** Failures that are tried again are said once a second at most: they come in bursts while Postgres or Kafka is away. */
const eventsTo = (
  log: Logger,
  metrics: ReturnType<typeof projectorMetrics>,
  { batchRecordsMax }: ProjectorConfig,
  busy: () => void,
): ProjectorEvents => {
  let saidAtMs = 0
  return {
    projected: (report, elapsedMs) => {
      metrics.projected(report, elapsedMs)
      // far behind: what is derived is published once it has been caught up with
      if (report.recordCount > batchRecordsMax / 4) busy()
      log.debug({ records: report.recordCount, tracks: report.tracksFolded, elapsedMs }, 'A batch was committed.')
    },
    failed: (error) => {
      metrics.failed(error)
      if (performance.now() - saidAtMs < 1_000) return
      saidAtMs = performance.now()
      log.warn({ err: error }, 'Projecting failed and is tried again.')
    },
    halted: (message) => {
      metrics.halted(message)
      log.fatal({ reason: message }, 'Projecting has halted.')
    },
    parked: ({ actor, dossier, error }) => {
      metrics.parked()
      log.error({ actor, dossier, err: error }, 'A fold failed: its track keeps its last good positions, marked stale.')
    },
  }
}

process.exitCode = await main()
