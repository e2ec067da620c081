import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { describeEvent } from './describe-event.js'
import { lockDirectory } from './directory-lock.js'
import { StackError } from './errors.js'
import { stopLeftoverKafka } from './kafka/kafka-process.js'
import { findFreePort, isPortFree, LOOPBACK } from './ports.js'
import { removePostgresHome } from './postgres/home.js'
import { stopLeftoverPostgres } from './postgres/postgres-process.js'
import { PROJECT_DIRECTORY } from './project-files.js'
import { checkPorts, checkRequirements, type Found } from './requirements.js'
import { prepareServices, startServices, type StackService } from './stack-services.js'
import { readStackFile, writeStackFile, type StackPorts } from './stack-file.js'
import type { ProcessEvent } from './supervise.js'

export interface StackOptions {
  /** Where data, logs and notes are kept, such as `.ledger`. Made if it is not there; one stack at a time. */
  dir: string
  /** Default: the port of the last time if it is free, else any free one. */
  kafkaPort?: number
  postgresPort?: number
  /** Already running elsewhere, so not started here. */
  kafkaBrokers?: readonly string[]
  databaseUrl?: string
  /** Told each step, as a sentence. */
  log?: (sentence: string) => void
  onEvent?: (event: ProcessEvent) => void
  /** How often each of the two is started again after an unexpected exit, see supervise.ts. Default 5; 0 for tests. */
  restartsMax?: number
  /** Aborted: what is being started is stopped, and `openStack` throws STOPPED_WHILE_STARTING. */
  signal?: AbortSignal
  /** Where PATH, JAVA_HOME and Maven's settings are looked up. Default: our own environment. */
  env?: NodeJS.ProcessEnv
  /** Where Kafka's jars are kept. Default: `.ledger/jars` of this project, for every stack and the tests alike. */
  cacheDirectory?: string
  freeBytesMin?: number
}

export interface Stack extends AsyncDisposable {
  readonly kafkaBrokers: string[]
  readonly databaseUrl: string
  readonly kafka: StackService
  readonly postgres: StackService
}

/**
 * Starts a real Kafka and a real PostgreSQL on this machine, on loopback, with data that stays in `dir`. Leaving the scope
 * (`await using`) stops both in order and keeps the data. DESIGN 9.
 * @throws StackError, see errors.ts; nothing that was started for it keeps running
 */
export const openStack = async (options: StackOptions): Promise<Stack> => {
  const settings = withDefaults(options)
  const found = await checkRequirements(settings)
  makeDirectory(settings.dir, found)
  const resources = closeInReverse()
  try {
    resources.add(lockDirectory(settings.dir), { name: 'The lock' })
    await stopLeftovers(settings)
    const ports = await choosePorts(options, settings)
    const prepared = await prepareServices(settings, found)
    const { kafka, postgres, databaseUrl } = await startServices(settings, prepared, ports)
    resources.defer('The stack', () => Promise.all([kafka.stop(), postgres.stop()]), { closeMsMax: STOP_MS_MAX })
    const kafkaBrokers = [...(options.kafkaBrokers ?? [`${LOOPBACK}:${ports.kafka}`])]
    writeStackFile(settings.dir, { kafkaBrokers, databaseUrl, ports })
    const close = (): Promise<void> => resources[Symbol.asyncDispose]()
    return { kafkaBrokers, databaseUrl, kafka, postgres, [Symbol.asyncDispose]: close }
  } catch (error) {
    await resources[Symbol.asyncDispose]()
    if (!settings.signal?.aborted) throw error
    throw new StackError({ code: 'STOPPED_WHILE_STARTING', detail: 'The stack was starting.' }, { cause: error })
  }
}

/**
 * Removes a stack's directory with all its data, also what PostgreSQL had to keep elsewhere (see postgres/home.ts).
 * @throws StackError STACK_RUNNING
 */
export const removeStack = async (dir: string): Promise<void> => {
  const absolute = path.resolve(dir)
  const lock = lockDirectory(absolute)
  try {
    await Promise.all([stopLeftoverKafka(absolute), stopLeftoverPostgres(absolute)])
    removePostgresHome(absolute)
  } finally {
    lock[Symbol.dispose]()
  }
  rmSync(absolute, { recursive: true, force: true })
}

const STOP_MS_MAX = 50_000

type Settings = ReturnType<typeof withDefaults>

const withDefaults = (options: StackOptions) => {
  const log = options.log ?? (() => undefined)
  return {
    ...options,
    dir: path.resolve(options.dir),
    env: options.env ?? process.env,
    cacheDirectory: options.cacheDirectory ?? path.join(PROJECT_DIRECTORY, '.ledger', 'jars'),
    needs: { kafka: !options.kafkaBrokers, postgres: !options.databaseUrl },
    log,
    onEvent: (event: ProcessEvent): void => {
      log(describeEvent(event))
      options.onEvent?.(event)
    },
  }
}

const makeDirectory = (dir: string, { postgresUser }: Found): void => {
  try {
    mkdirSync(dir, { recursive: true })
    // PostgreSQL's user must get through to its own directory in it. It still cannot list ours, and secrets are closed.
    if (postgresUser) chmodSync(dir, statSync(dir).mode | 0o011)
  } catch (error) {
    const detail = `${dir} cannot be used: ${error instanceof Error ? error.message : String(error)}.`
    throw new StackError({ code: 'DIRECTORY_UNUSABLE', detail })
  }
}

const stopLeftovers = async ({ dir, log }: Settings): Promise<void> => {
  const leftovers = { Kafka: stopLeftoverKafka(dir), PostgreSQL: stopLeftoverPostgres(dir) }
  for (const [name, leftover] of Object.entries(leftovers)) {
    const pid = await leftover
    if (pid) log(`Stopped a ${name} (process ${pid}) that an earlier run had left behind.`)
  }
}

const choosePorts = async (options: StackOptions, { dir, needs }: Settings): Promise<StackPorts> => {
  const asked = [
    ...(needs.kafka && options.kafkaPort ? [{ name: 'Kafka', port: options.kafkaPort }] : []),
    ...(needs.postgres && options.postgresPort ? [{ name: 'PostgreSQL', port: options.postgresPort }] : []),
  ]
  await checkPorts(asked)
  const last = readStackFile(dir)?.ports
  const taken = asked.map(({ port }) => port)
  const choose = async (given: number | undefined, previous: number | undefined): Promise<number> => {
    if (given) return given
    const reuse = previous && !taken.includes(previous) && (await isPortFree(previous))
    const port = reuse ? previous : await findFreePort(taken)
    taken.push(port)
    return port
  }
  return {
    kafka: await choose(options.kafkaPort, last?.kafka),
    postgres: await choose(options.postgresPort, last?.postgres),
    controller: await choose(undefined, last?.controller),
  }
}
