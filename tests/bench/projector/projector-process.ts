import { PROJECTOR_NODE_OPTIONS } from '#libs/lifecycle/node-options.js'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BenchContext } from './subject.js'

/** What runs in production: the compiled service itself, in a process of its own. */
const SERVER = fileURLToPath(new URL('../../../services/projector/server.js', import.meta.url))
const STOP_MS_MAX = 20_000
const SAID_CHARACTERS_MAX = 4_000

export interface ProjectorProcess extends AsyncDisposable {
  /** Highest resident memory so far; NaN where the system does not tell. */
  residentBytesMax(): number
  /** @throws Error with what it said last, if it has ended by itself */
  assertRunning(): void
}

export interface ProjectorSettings {
  readonly databaseUrl: string
  /** Projectors of one group share the partitions. */
  readonly group: string
}

/** Starts one projector as `npm start` does, with its defaults, on a free port, saying only what is wrong. */
export function startProjector(context: BenchContext, { databaseUrl, group }: ProjectorSettings): ProjectorProcess {
  const child = spawn(process.execPath, [...PROJECTOR_NODE_OPTIONS, ...profiling(context), SERVER], {
    env: {
      ...process.env,
      KAFKA_BROKERS: context.brokers.join(','),
      DATABASE_URL: databaseUrl,
      TOPIC_PREFIX: context.topicPrefix,
      PROJECTOR_GROUP: group,
      PROJECTOR_PORT: '0',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = lastSaid(child)
  return {
    residentBytesMax: () => residentBytesMaxOf(child.pid),
    assertRunning() {
      if (hasEnded(child)) throw new Error(`the projector ended by itself: ${said()}`)
    },
    [Symbol.asyncDispose]: () => stop(child),
  }
}

const profiling = ({ profileDirectory }: BenchContext): string[] =>
  profileDirectory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`]

function lastSaid(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-SAID_CHARACTERS_MAX)))
  return () => text
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

/** The kernel's own high-water mark (Linux). */
function residentBytesMaxOf(pid: number | undefined): number {
  const file = `/proc/${pid ?? 0}/status`
  if (!existsSync(file)) return NaN
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8'))?.[1]
  return Number(kilobytes ?? NaN) * 1_024
}
