import Fastify from 'fastify'
import { pino, type Logger } from 'pino'
import type { z } from 'zod'
import { addHealth } from '#libs/http/health.js'
import { addObservation } from '#libs/http/observation.js'
import { kafkaConfigOf } from '#libs/kafka/config.js'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { parseEnvironment } from '#libs/lifecycle/environment.js'
import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { databaseConfigOf } from '#libs/postgres/config.js'
import { RELAY_PROCESS_ENV, relayConfigOf } from './config.js'
import { relayCheck, startRelay } from './start-relay.js'

type Settings = z.output<typeof RELAY_PROCESS_ENV>

/**
 * A relay by itself, for who wants projectors that do nothing else (RELAY=off). The database must have been migrated.
 * @returns the exit code of the process
 */
const main = async (): Promise<number> => {
  using stop = watchStopSignals()
  try {
    const settings = parseEnvironment(RELAY_PROCESS_ENV, process.env)
    await serve(settings, pino({ level: settings.LOG_LEVEL, base: { service: 'relay' } }), stop.received)
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

const serve = async (settings: Settings, log: Logger, stopped: Promise<unknown>): Promise<void> => {
  await using resources = closeInReverse()
  const kafkaConfig = kafkaConfigOf(settings, 'statement-ledger-relay')
  const kafka = resources.add(await connectKafka(kafkaConfig, log), { name: 'Kafka', closeMsMax: 5_000 })
  const app = Fastify({ logger: false, forceCloseConnections: true })
  const metrics = addObservation(app, { processMetrics: true })
  const config = relayConfigOf(settings, databaseConfigOf(settings))
  const relay = resources.add(await startRelay(config, kafka, { log, metrics }), { name: 'The relay' })
  addHealth(app, () => [relayCheck(relay)])
  resources.add(app, { name: 'HTTP', closeMsMax: 2_000 })
  await app.listen({ host: settings.RELAY_HOST, port: settings.RELAY_PORT })
  await stopped
}

process.exitCode = await main()
