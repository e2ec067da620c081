import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { makeTopics, produceEvents, produceRegistry, removeTopics } from '#tests/bench/events/produce-events.js'
import { connectTo } from '#tests/bench/projector/databases.js'
import { testStack } from '#tests/stack.js'

/**
 * Prints how fast the live projector reads generated events from Kafka, and how fast a replay builds them again.
 *   node dist/tests/services/projector/replay/measure-replay.js [events] [journal,kafka]
 */
const count = Number(process.argv[2] ?? 200_000)
const sources = (process.argv[3] ?? 'journal,kafka').split(',')
const PROJECTOR = fileURLToPath(new URL('../../../../services/projector/server.js', import.meta.url))
const REPLAY = fileURLToPath(new URL('../../../../services/projector/replay/main.js', import.meta.url))

t.test('measured', { timeout: 0 }, async (t) => {
  const { brokers, databaseUrl, topicPrefix } = await testStack(t)
  const target = { brokers, topicPrefix }
  const env = {
    ...process.env,
    KAFKA_BROKERS: brokers.join(','),
    DATABASE_URL: databaseUrl,
    TOPIC_PREFIX: topicPrefix,
    PROJECTOR_PORT: '0',
    LOG_LEVEL: 'warn',
  }
  await makeTopics(target)
  await produceRegistry(target)
  await produceEvents(target, count)
  await using connection = await connectTo(databaseUrl)
  const projector = spawn(process.execPath, [PROJECTOR], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  t.teardown(() => projector.kill('SIGKILL'))
  const rate = await untilProjected(connection.client, count)
  say(`live projector: ${rate} events/s`)
  projector.kill('SIGTERM')
  await once(projector, 'exit')
  for (const source of sources) {
    const child = spawn(process.execPath, [REPLAY, 'replay', '--from', source, '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const startMs = performance.now()
    const [code] = (await once(child, 'exit')) as [number]
    say(`replay from ${source}: exit ${code}, ${Math.round(performance.now() - startMs)} ms in all, ${output}`)
  }
  await removeTopics(target)
})

const say = (line: string): void => void process.stderr.write(`${line}\n`)

type Client = Awaited<ReturnType<typeof connectTo>>['client']

/** @returns events a second, from the first that is committed to the last */
const untilProjected = async (client: Client, events: number): Promise<number> => {
  let start: { atMs: number; events: number } | undefined
  for (;;) {
    const { rows } = await client
      .query<{ n: number }>(
        `select coalesce(sum(next_offset), 0) as n from ledger.checkpoint where topic = 'statements'`,
      )
      .catch(() => ({ rows: [] }))
    const done = rows[0]?.n ?? 0
    if (done > 0) start ??= { atMs: performance.now(), events: done }
    if (start && done >= events) return Math.round(((done - start.events) / (performance.now() - start.atMs)) * 1_000)
    await setTimeout(50)
  }
}
