import { bufferedLog } from '#libs/http/buffered-log.js'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { openPool } from '#libs/postgres/database.js'
import { buildApi } from './app.js'
import { parseConfig } from './config.js'
import { followLedger } from './follow-ledger.js'

/** Runs the api until it is told to stop. */
const main = async (): Promise<void> => {
  const config = parseConfig(process.env)
  const logger = bufferedLog('api', config.logLevel)
  using stop = watchStopSignals()
  await using resources = closeInReverse()
  const pool = resources.add(
    openPool(config.database, {
      applicationName: 'statement-ledger api',
      onIdleError: (error) => logger.warn({ err: error }, 'An idle connection to Postgres broke.'),
    }),
    { name: 'the pool' },
  )
  const api = await buildApi(config, { pool, logger, processMetrics: true })
  resources.add(followLedger(api, config.database, logger), { name: 'the listener' })
  if (config.kafka) resources.add(api.live.follow(config.kafka), { name: 'the topic of changes', closeMsMax: 15_000 })
  else logger.warn('KAFKA_BROKERS is not set: there is no live stream.')
  resources.add(api.app, { name: 'the HTTP server' })
  await api.app.listen({ host: config.host, port: config.port })
  logger.info({ host: config.host, port: config.port }, 'The api answers.')
  const signal = await stop.received
  logger.info({ signal }, 'The api stops.')
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
