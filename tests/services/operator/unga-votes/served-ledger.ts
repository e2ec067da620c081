import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import type { Test } from 'tap'
import { ledgerClient, type ClientOptions, type LedgerClient } from '#libs/client/ledger-client.js'
import { openPool } from '#libs/postgres/database.js'
import { buildApi } from '#services/api/app.js'
import { parseConfig } from '#services/api/config.js'
import { followLedger } from '#services/api/follow-ledger.js'
import { untilKeyIsKnown } from '#services/operator/start/until-key-is-known.js'
import { startIntake } from '#tests/services/intake/intake.js'
import { runLedger, type RunningLedger } from '#tests/services/projector/replay/running-ledger.js'

/** A whole ledger that listens: intake, projector and api on a real Kafka and Postgres. */
export interface ServedLedger {
  readonly ledger: RunningLedger
  /** Its addresses and a key that may do everything. */
  readonly connection: Pick<ClientOptions, 'intakeUrl' | 'apiUrl' | 'key'>
  readonly client: LedgerClient
}

/** Everything is taken down when `t` ends. */
export async function serveLedger(t: Test): Promise<ServedLedger> {
  const ledger = await runLedger(t)
  const dir = mkdtempSync(path.join(os.tmpdir(), 'served-ledger-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const environment = { ...ledger.env, INTAKE_BOOTSTRAP_KEY_FILE: path.join(dir, 'key') }
  const { intake, key } = await startIntake(t, environment)
  const listening = { host: '127.0.0.1', port: 0 }
  const connection = { intakeUrl: await intake.app.listen(listening), apiUrl: await serveApi(t, ledger), key }
  const client = ledgerClient(connection)
  await untilKeyIsKnown(client, new AbortController().signal)
  return { ledger, connection, client }
}

async function serveApi(t: Test, { databaseUrl }: RunningLedger): Promise<string> {
  const config = parseConfig({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent' })
  const logger = pino({ level: 'silent' })
  const pool = openPool(config.database, { applicationName: 'api of a test', onIdleError: () => undefined })
  const api = await buildApi(config, { pool, logger })
  const listener = followLedger(api, config.database, logger)
  t.teardown(async () => {
    await api.app.close()
    await listener[Symbol.asyncDispose]()
    await pool.end()
  })
  return api.app.listen({ host: '127.0.0.1', port: 0 })
}
