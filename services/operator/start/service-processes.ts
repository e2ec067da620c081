import { API_NODE_OPTIONS, PROJECTOR_NODE_OPTIONS } from '#libs/lifecycle/node-options.js'
import path from 'node:path'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import type { SupervisedProcessOptions } from '#libs/stack/supervise.js'
import type { StartConfig } from './start-config.js'

/** The three services of a ledger, in the order in which they are named. They start together and stop in reverse. */
export const SERVICES = ['projector', 'intake', 'api'] as const
export type ServiceName = (typeof SERVICES)[number]

/** What the services have to be told of this machine. */
export interface Surroundings {
  kafkaBrokers: readonly string[]
  databaseUrl: string
  developmentKeyFile: string
  /** Where the projector answers whether it is ready. */
  projectorPort: number
}

/** How one service is started and watched. Its log is `<dir>/logs/<name>.log`. */
export function serviceProcess(
  name: ServiceName,
  config: StartConfig,
  surroundings: Surroundings,
  env: NodeJS.ProcessEnv,
): SupervisedProcessOptions {
  const port = { projector: surroundings.projectorPort, intake: config.intakePort, api: config.apiPort }[name]
  return {
    name,
    command: process.execPath,
    args: [
      ...NODE_OPTIONS[name],
      '--enable-source-maps',
      path.join(PROJECT_DIRECTORY, 'dist', 'services', name, 'server.js'),
    ],
    cwd: PROJECT_DIRECTORY,
    env: { ...env, ...serviceEnvironment(config, surroundings) },
    logFile: path.join(config.dir, 'logs', `${name}.log`),
    pidFile: path.join(config.dir, 'run', `${name}.json`),
    readyWhen: { check: () => isReady(port) },
    readyMsMax: 30_000,
    stopMsMax: 15_000,
    // kill -9 a few times a minute is a test, more is a fault that a restart does not mend
    restartsMax: 10,
  }
}

const NODE_OPTIONS: Readonly<Record<ServiceName, readonly string[]>> = {
  projector: PROJECTOR_NODE_OPTIONS,
  intake: [],
  api: API_NODE_OPTIONS,
}

function serviceEnvironment(config: StartConfig, surroundings: Surroundings): Record<string, string> {
  return {
    KAFKA_BROKERS: surroundings.kafkaBrokers.join(','),
    DATABASE_URL: surroundings.databaseUrl,
    INTAKE_BOOTSTRAP_KEY_FILE: surroundings.developmentKeyFile,
    INTAKE_PORT: String(config.intakePort),
    API_PORT: String(config.apiPort),
    API_URL: `http://127.0.0.1:${config.apiPort}`,
    PROJECTOR_PORT: String(surroundings.projectorPort),
  }
}

const ATTEMPT_MS_MAX = 2_000

/** Whether it answers that it can do its work: not merely that it lives. */
async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, {
      signal: AbortSignal.timeout(ATTEMPT_MS_MAX),
    })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
