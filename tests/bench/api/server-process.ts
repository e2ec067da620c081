import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '#libs/stack/ports.js'
import { onCore, SERVER_CORE } from './cores.js'

/** A server that is measured, in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string
  /** Processor time that it has used so far, in user and kernel mode; NaN where the system does not tell. */
  cpuMs(): number
}

export interface ServerCommand {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Its environment on a port. */
  readonly environment: (port: number) => Readonly<Record<string, string>>
  /** A path that answers 200 once it can be measured. */
  readonly readyPath: string
}

const READY_MS_MAX = 30_000
const STOP_MS_MAX = 20_000

/**
 * Starts a server, on its core, and waits until it is ready. Its log goes to a file, as `npm start` does it.
 * @throws Error if it ends, or is not ready in time
 */
export async function startServer(
  server: ServerCommand,
  { pinned, directory }: { pinned: boolean; directory: string },
): Promise<ServerProcess> {
  const port = await findFreePort()
  const [command, args] = pinned ? onCore(SERVER_CORE, server.command, server.args) : [server.command, [...server.args]]
  const logFile = openSync(path.join(directory, `${server.name}.log`), 'a')
  const environment = { ...process.env, ...server.environment(port) }
  const child = spawn(command, args, { env: environment, stdio: ['ignore', logFile, 'inherit'] })
  closeSync(logFile)
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(child, `${url}${server.readyPath}`)
  } catch (cause) {
    await stop(child)
    throw new Error(`${server.name} did not start`, { cause })
  }
  // taskset has become the server: it is the same process
  return { url, cpuMs: () => cpuMsOf(child.pid), [Symbol.asyncDispose]: () => stop(child) }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const giveUpAt = performance.now() + READY_MS_MAX
  while (performance.now() < giveUpAt) {
    if (hasEnded(child)) throw new Error('it ended by itself')
    const ready = await fetch(url).then(
      async (answer) => (await answer.text(), answer.ok),
      () => false,
    )
    if (ready) return
    await sleep(50)
  }
  throw new Error('it is not ready')
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

/** Linux counts in hundredths of a second. */
const MS_PER_TICK = 10

function cpuMsOf(pid: number | undefined): number {
  const file = `/proc/${pid ?? 0}/stat`
  if (!existsSync(file)) return NaN
  // the fields after the name, which may hold blanks
  const fields = readFileSync(file, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}
