/** Runs intake until SIGTERM or Ctrl-C. Settings are in config.ts. Exit code 1 if it cannot start, with the reason. */
import { pino } from 'pino'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { KafkaError } from '#libs/kafka/errors.js'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { ConfigError } from '#libs/lifecycle/environment.js'
import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { buildIntake } from './app.js'
import { parseConfig } from './config.js'

async function main(): Promise<void> {
  const config = parseConfig(process.env)
  const logger = pino({ level: config.logLevel, base: { service: 'intake' } })
  using stop = watchStopSignals()
  await using resources = closeInReverse()
  const kafka = resources.add(await connectKafka(config.kafka, logger), { name: 'kafka' })
  const intake = resources.add(await buildIntake(config, kafka, logger, { processMetrics: true }), {
    name: 'intake',
    closeMsMax: config.waitMsMax + 40_000,
  })
  const address = await intake.app.listen({ host: config.host, port: config.port })
  logger.info({ address }, 'Intake takes requests.')
  const signal = await stop.received
  logger.info({ signal }, 'Intake is stopping.')
}

try {
  await main()
} catch (error) {
  const known = error instanceof ConfigError || error instanceof KafkaError
  process.stderr.write(`intake: ${known ? error.message : String(error instanceof Error ? error.stack : error)}\n`)
  process.exitCode = 1
}
