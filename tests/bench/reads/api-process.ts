import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { API_NODE_OPTIONS } from '#libs/lifecycle/node-options.js'
import { findFreePort } from '#libs/stack/ports.js'

/** What runs in production: the compiled service itself, in a process of its own. */
const SERVER = fileURLToPath(new URL('../../../services/api/server.js', import.meta.url))
const READY_MS_MAX = 30_000
const STOP_MS_MAX = 20_000

export interface ApiProcess extends AsyncDisposable {
  readonly url: string
}

/** Starts an api with its defaults and waits until it is ready. @throws Error if it ends, or is not ready in time */
export async function startApi(options: {
  readonly databaseUrl: string
  readonly topicPrefix: string
  /** Where it leaves a CPU profile; absent: none is taken. */
  readonly profileDirectory?: string | undefined
  /** Settings beside these. */
  readonly environment?: Readonly<Record<string, string>>
  /** The core that it runs on, and nothing else of the benchmark; absent: any. */
  readonly core?: number | undefined
}): Promise<ApiProcess> {
  const port = await findFreePort()
  const profiling =
    options.profileDirectory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profileDirectory}`]
  const pinning = options.core === undefined ? [] : ['taskset', '--cpu-list', String(options.core)]
  const [command, ...args] = [...pinning, process.execPath, ...API_NODE_OPTIONS, ...profiling, SERVER]
  const child = spawn(command, args, {
    env: {
      ...process.env,
      DATABASE_URL: options.databaseUrl,
      TOPIC_PREFIX: options.topicPrefix,
      API_PORT: String(port),
      LOG_LEVEL: 'warn',
      ...options.environment,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(child, url)
  } catch (error) {
    await stop(child)
    throw error
  }
  return { url, [Symbol.asyncDispose]: () => stop(child) }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const giveUpAt = performance.now() + READY_MS_MAX
  while (performance.now() < giveUpAt) {
    if (hasEnded(child)) throw new Error('the api ended by itself')
    const ready = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) return
    await sleep(50)
  }
  throw new Error('the api is not ready')
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
  await ended
  clearTimeout(killing)
}
