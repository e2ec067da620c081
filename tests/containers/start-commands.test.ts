import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { test, type Test } from 'tap'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'
import { findFreePort } from '#libs/stack/ports.js'
import { testStack, type TestStack } from '#tests/stack.js'
import { readComposeFile, serviceNamed, type Server } from './compose-file.js'

const READY_MS_MAX = 60_000

test(
  'each service starts by the command and the environment of docker-compose.yml, and its health check agrees',
  { timeout: 180_000 },
  async (t) => {
    const stack = await testStack(t)
    const directory = mkdtempSync(path.join(os.tmpdir(), 'ledger-containers-'))
    t.teardown(() => rmSync(directory, { recursive: true }))
    for (const name of ['projector', 'intake', 'api'] as const) {
      const { command = [], healthcheck } = serviceNamed(readComposeFile(), name)
      const env = await environmentHere(name, stack, directory)
      const service = start(t, ['node', ...command], env)
      t.ok(await untilHealthy(healthcheck?.test?.slice(1) ?? [], env, service), `${name}: ${service.said()}`)
      service.child.kill('SIGTERM')
      t.same(await service.ended, [0, null], `${name} stops in order`)
    }
  },
)

/** The container's environment, with the addresses and paths that it has outside of one. */
async function environmentHere(name: Server, stack: TestStack, directory: string): Promise<Record<string, string>> {
  const { environment = {} } = serviceNamed(readComposeFile(), name)
  const port = String(await findFreePort())
  const here: Record<string, string> = {
    KAFKA_BROKERS: stack.brokers.join(','),
    DATABASE_URL: stack.databaseUrl,
    INTAKE_BOOTSTRAP_KEY_FILE: path.join(directory, 'development-key'),
    [`${name.toUpperCase()}_HOST`]: '127.0.0.1',
    [`${name.toUpperCase()}_PORT`]: port,
    HEALTH_URL: `http://127.0.0.1:${port}/health/ready`,
  }
  const given = Object.entries(environment).map(([key, value]) => [key, here[key] ?? value] as const)
  return { PATH: process.env.PATH ?? '', TOPIC_PREFIX: stack.topicPrefix, ...Object.fromEntries(given) }
}

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<unknown[]>
  said(): string
}

function start(t: Test, [command = '', ...args]: readonly string[], env: Record<string, string>): Started {
  const child = spawn(command, args, { cwd: PROJECT_DIRECTORY, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-2_000)))
  t.teardown(() => child.kill('SIGKILL'))
  return { child, ended, said: () => text }
}

async function untilHealthy(
  check: readonly string[],
  env: Record<string, string>,
  { child }: Started,
): Promise<boolean> {
  const [command = '', ...args] = check
  const deadline = performance.now() + READY_MS_MAX
  while (performance.now() < deadline && child.exitCode === null) {
    const [code] = (await once(spawn(command, args, { env, stdio: 'ignore' }), 'exit')) as [number | null]
    if (code === 0) return true
    await setTimeout(200)
  }
  return false
}
