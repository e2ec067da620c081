import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { ledgerClient } from '#libs/client/ledger-client.js'
import type { LedgerClient } from '#libs/client/ledger-client.js'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import type { Resources } from '#libs/lifecycle/close-in-reverse.js'
import { describeEvent } from '#libs/stack/describe-event.js'
import { lockDirectory } from '#libs/stack/directory-lock.js'
import { openStack } from '#libs/stack/open-stack.js'
import { findFreePort, isPortFree } from '#libs/stack/ports.js'
import { stopLeftover } from '#libs/stack/processes/pid-file.js'
import { checkPorts } from '#libs/stack/requirements.js'
import { superviseProcess } from '#libs/stack/supervise.js'
import type { ProcessEvent } from '#libs/stack/supervise.js'
import { developmentKey } from './development-key.js'
import { prepareStorage } from './prepare-storage.js'
import { seedWhenEmpty } from './seed-when-empty.js'
import { writeServiceAddresses } from './service-addresses.js'
import type { ServiceAddresses } from './service-addresses.js'
import { SERVICES, serviceProcess } from './service-processes.js'
import type { Surroundings } from './service-processes.js'
import type { StartConfig } from './start-config.js'
import { untilKeyIsKnown } from './until-key-is-known.js'

/** A whole ledger that runs. Leaving the scope stops it, the services before what they stand on. */
export interface RunningLedger extends AsyncDisposable {
  keyFile: string
  /** Resolves with a sentence when one of its processes was given up: it cannot go on without it. */
  failed: Promise<string>
}

type Say = (sentence: string) => void

/**
 * Starts Kafka and Postgres if none are named, then the services, and loads the seeds into an empty ledger. Each step is said.
 * @throws StackError and others that say what is missing; nothing that was started keeps running
 */
export async function startLedger(
  config: StartConfig,
  env: NodeJS.ProcessEnv,
  say: Say,
  signal: AbortSignal,
): Promise<RunningLedger> {
  const resources = closeInReverse()
  try {
    return await startAll(config, env, say, signal, resources)
  } catch (error) {
    await resources[Symbol.asyncDispose]()
    throw error
  }
}

async function startAll(
  config: StartConfig,
  env: NodeJS.ProcessEnv,
  say: Say,
  signal: AbortSignal,
  resources: Resources,
): Promise<RunningLedger> {
  await checkNothingInTheWay(config)
  const { failed, onEvent } = watchFailures(say)
  say(whatIsStarted(config))
  const stack = resources.add(await openStack({ ...stackOptions(config, env), log: say, onEvent, signal }), {
    name: 'Kafka and PostgreSQL',
    closeMsMax: STACK_CLOSE_MS_MAX,
  })
  const { kafkaBrokers, databaseUrl } = stack
  const childEnv = { ...env, KAFKA_BROKERS: kafkaBrokers.join(','), DATABASE_URL: databaseUrl }
  for (const sentence of await prepareStorage(childEnv)) say(sentence)
  const { file, key, isNew } = developmentKey(config.dir)
  if (isNew) say(`A development key was written to ${file}.`)

  const projectorPort = await chooseProjectorPort(config)
  const surroundings = { kafkaBrokers, databaseUrl, developmentKeyFile: file, projectorPort }
  await startServices(config, surroundings, env, resources, { onEvent: told(say, onEvent), signal })
  const addresses = addressesOf(config)
  writeServiceAddresses(config.dir, addresses)
  const client = ledgerClient({ ...addresses, key, signal })
  await untilKeyIsKnown(client, signal)
  if (config.seeds) await seedIfEmpty(client, config, say)
  return { keyFile: file, failed, [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose]() }
}

const STACK_CLOSE_MS_MAX = 60_000
const SERVICE_CLOSE_MS_MAX = 20_000

/** What would be found out only when half of it runs: another ledger in this directory, a port that is taken. */
async function checkNothingInTheWay({ dir, apiPort, intakePort, projectorPort }: StartConfig): Promise<void> {
  const running = path.join(dir, 'run')
  if (existsSync(running)) lockDirectory(dir)[Symbol.dispose]()
  // nobody runs here, so what still does was left by a start that was killed, and would hold its port
  await Promise.all(SERVICES.map((name) => stopLeftover(path.join(running, `${name}.json`))))
  await checkPorts([
    { name: 'the api (API_PORT)', port: apiPort },
    { name: 'intake (INTAKE_PORT)', port: intakePort },
    ...(projectorPort === undefined ? [] : [{ name: 'the projector (PROJECTOR_PORT)', port: projectorPort }]),
  ])
}

const PROJECTOR_PORT_USUAL = 4002

async function chooseProjectorPort({ projectorPort, apiPort, intakePort }: StartConfig): Promise<number> {
  if (projectorPort !== undefined) return projectorPort
  const usual = ![apiPort, intakePort].includes(PROJECTOR_PORT_USUAL) && (await isPortFree(PROJECTOR_PORT_USUAL))
  return usual ? PROJECTOR_PORT_USUAL : findFreePort([apiPort, intakePort])
}

function whatIsStarted({ kafkaBrokers, databaseUrl, dir }: StartConfig): string {
  const missing = [...(kafkaBrokers ? [] : ['Kafka']), ...(databaseUrl ? [] : ['PostgreSQL'])]
  return missing.length === 0
    ? 'Using the Kafka and the PostgreSQL that the environment names.'
    : `Starting ${missing.join(' and ')} in ${dir} …`
}

const stackOptions = (config: StartConfig, env: NodeJS.ProcessEnv) => ({
  dir: config.dir,
  env,
  ...(config.kafkaBrokers === undefined ? {} : { kafkaBrokers: config.kafkaBrokers }),
  ...(config.databaseUrl === undefined ? {} : { databaseUrl: config.databaseUrl }),
  ...(config.kafkaPort === undefined ? {} : { kafkaPort: config.kafkaPort }),
  ...(config.postgresPort === undefined ? {} : { postgresPort: config.postgresPort }),
})

/** A process that is given up ends the ledger: half of one would serve what it no longer hears of. */
function watchFailures(say: Say): { failed: Promise<string>; onEvent: (event: ProcessEvent) => void } {
  let fail: (sentence: string) => void = say
  const failed = new Promise<string>((resolve) => (fail = resolve))
  return {
    failed,
    onEvent: (event) => {
      if (event.kind === 'gaveUp') fail(`${event.name} does not stay up.`)
    },
  }
}

const told =
  (say: Say, onEvent: (event: ProcessEvent) => void) =>
  (event: ProcessEvent): void => {
    say(describeEvent(event))
    onEvent(event)
  }

/** All at once: each waits by itself for what it needs. If one does not come up, those that did are stopped. */
async function startServices(
  config: StartConfig,
  surroundings: Surroundings,
  env: NodeJS.ProcessEnv,
  resources: Resources,
  watch: { onEvent: (event: ProcessEvent) => void; signal: AbortSignal },
): Promise<void> {
  mkdirSync(path.join(config.dir, 'logs'), { recursive: true })
  const oneFailed = new AbortController()
  const signal = AbortSignal.any([watch.signal, oneFailed.signal])
  const starting = SERVICES.map(async (name) => {
    try {
      const options = serviceProcess(name, config, surroundings, env)
      return await superviseProcess({ ...options, onEvent: watch.onEvent, signal })
    } catch (error) {
      oneFailed.abort()
      throw error
    }
  })
  const results = await Promise.allSettled(starting)
  // in the order of SERVICES, whichever was ready first: the api stops before the projector that it waits for
  for (const result of results)
    if (result.status === 'fulfilled')
      resources.add(result.value, { name: result.value.name, closeMsMax: SERVICE_CLOSE_MS_MAX })
  const reasons = results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []))
  // the first is why; the others were called off because of it
  if (reasons.length > 0) throw reasons.find((reason) => !wasCalledOff(reason)) ?? reasons[0]
}

const wasCalledOff = (reason: unknown): boolean =>
  reason instanceof Error && 'code' in reason && reason.code === 'STOPPED_WHILE_STARTING'

const addressesOf = ({ intakePort, apiPort }: StartConfig): ServiceAddresses => ({
  intakeUrl: `http://127.0.0.1:${intakePort}`,
  apiUrl: `http://127.0.0.1:${apiPort}`,
})

async function seedIfEmpty(client: LedgerClient, { dir }: StartConfig, say: Say): Promise<void> {
  const lines = await seedWhenEmpty(client, dir, say)
  say(
    lines > 0
      ? `${lines} lines of seeds are loaded and visible.`
      : 'There are statements already; no seeds are loaded.',
  )
}
