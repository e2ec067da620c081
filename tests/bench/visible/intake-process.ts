import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '#libs/stack/ports.js'

/** What runs in production: the compiled service itself, in a process of its own. */
const SERVER = fileURLToPath(new URL('../../../services/intake/server.js', import.meta.url))
const READY_MS_MAX = 60_000
const STOP_MS_MAX = 20_000

export interface IntakeProcess extends AsyncDisposable {
  readonly url: string
  /** Has every scope. */
  readonly key: string
}

/** Starts an intake with its defaults and waits until it is ready. @throws Error if it ends, or is not ready in time */
export async function startIntake(options: {
  readonly brokers: readonly string[]
  readonly topicPrefix: string
  /** Where it leaves its key. */
  readonly directory: string
}): Promise<IntakeProcess> {
  const port = await findFreePort()
  const keyFile = path.join(options.directory, 'key')
  const child = spawn(process.execPath, [SERVER], {
    env: {
      ...process.env,
      KAFKA_BROKERS: options.brokers.join(','),
      TOPIC_PREFIX: options.topicPrefix,
      INTAKE_PORT: String(port),
      INTAKE_BOOTSTRAP_KEY_FILE: keyFile,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    await ended
    clearTimeout(killing)
  }
  const url = `http://127.0.0.1:${port}`
  for (const giveUpAt = performance.now() + READY_MS_MAX; !(await isReady(url)); await sleep(50)) {
    if (performance.now() < giveUpAt && child.exitCode === null) continue
    await stop()
    throw new Error('the intake is not ready')
  }
  return { url, key: (await readFile(keyFile, 'utf8')).trim(), [Symbol.asyncDispose]: stop }
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
