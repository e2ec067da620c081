import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { API_NODE_OPTIONS } from '#libs/lifecycle/node-options.js'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { connectTo } from '../projector/databases.js'
import { MAKE_REFERENCE_TABLES } from './json-agg.sql.js'
import type { LoadedLedger } from './loaded-ledger.js'
import type { Sample } from './sample.js'
import type { ServerCommand } from './server-process.js'

const run = promisify(execFile)
const compiled = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** What runs in production, as `npm start` starts it. Only its rate limits are out of reach: they still count. */
export const apiServer = (ledger: LoadedLedger, profileDirectory: string | undefined): ServerCommand => ({
  name: 'api',
  command: process.execPath,
  args: [
    ...(profileDirectory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`]),
    ...API_NODE_OPTIONS,
    '--enable-source-maps',
    compiled('../../../services/api/server.js'),
  ],
  environment: (port) => ({
    DATABASE_URL: ledger.databaseUrl,
    TOPIC_PREFIX: ledger.topicPrefix,
    API_PORT: String(port),
    API_REQUESTS_PER_MINUTE_OF_ADDRESS: '100000000',
  }),
  readyPath: '/health/ready',
})

/** Sends bodies of the sample. */
export function bareServer({ directory }: LoadedLedger, sample: Sample): ServerCommand {
  const [position, page] = [path.join(directory, 'position.json'), path.join(directory, 'page.json')]
  writeFileSync(position, sample.positionBody)
  writeFileSync(page, sample.positionPageBody)
  return {
    name: 'bare',
    command: process.execPath,
    args: [compiled('bare-server.js'), position, page],
    environment: (port) => ({ PORT: String(port) }),
    readyPath: '/position',
  }
}

/** Makes the tables that it reads. */
export async function jsonAggServer({ databaseUrl }: LoadedLedger): Promise<ServerCommand> {
  await using connection = await connectTo(databaseUrl)
  for (const statement of MAKE_REFERENCE_TABLES) await connection.client.query(statement)
  return {
    name: 'json-agg',
    command: process.execPath,
    args: [compiled('json-agg-server.js')],
    environment: (port) => ({ PORT: String(port), DATABASE_URL: databaseUrl }),
    readyPath: '/v1/positions',
  }
}

const GO_DIRECTORY = path.join(PROJECT_DIRECTORY, 'tests', 'bench', 'api', 'go')
const BUILD_MS_MAX = 180_000

/** Builds it. Undefined where there is no Go, or its modules cannot be had. */
export async function goServer(
  { databaseUrl, directory }: LoadedLedger,
  log: (sentence: string) => void,
): Promise<ServerCommand | undefined> {
  const command = path.join(directory, 'go-server')
  try {
    await run('go', ['build', '-o', command, '.'], { cwd: GO_DIRECTORY, timeout: BUILD_MS_MAX })
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split('\n', 1) : []
    log(`Without the handler in Go, which could not be built: ${reason ?? String(error)}`)
    return undefined
  }
  return {
    name: 'go',
    command,
    args: [],
    environment: (port) => ({ PORT: String(port), DATABASE_URL: databaseUrl }),
    readyPath: '/health/ready',
  }
}
