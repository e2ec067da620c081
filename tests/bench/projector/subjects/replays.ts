import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connectTo, openDatabase } from '../databases.js'
import { startProjector } from '../projector-process.js'
import { dropRegistryTemplate, makeRegistryTemplate, registryTemplateOf } from '../registry-template.js'
import type { BenchContext, Measurement, Subject } from '../subject.js'
import { watchCheckpoints } from '../watch-checkpoints.js'

/**
 * A replay into a new generation, as `ledger replay` runs it: on all cores, loading and indexes together, the comparison with
 * the live generation left out. What it replays is projected first, which is not measured.
 */
export const replays: readonly Subject[] = (['journal', 'kafka'] as const).map((source) => ({
  name: `replay-${source}`,
  title: `replay into a new generation, from ${source === 'journal' ? 'the journal' : 'Kafka'}`,
  prepare: (context) => makeRegistryTemplate(context),
  run: (context) => runReplay(context, source),
  cleanUp: (context) => dropRegistryTemplate(context),
}))

const MAIN = fileURLToPath(new URL('../../../../services/projector/replay/main.js', import.meta.url))
const SAMPLE_MS = 100

async function runReplay(context: BenchContext, source: 'journal' | 'kafka'): Promise<Measurement> {
  await using database = await openDatabase(context.adminUrl, registryTemplateOf(context))
  await project(context, database.url)
  const { brokers, topicPrefix } = context
  const child = spawn(process.execPath, [MAIN, 'replay', '--from', source, '--json'], {
    env: { ...process.env, KAFKA_BROKERS: brokers.join(','), DATABASE_URL: database.url, TOPIC_PREFIX: topicPrefix },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err, residentBytesMax] = ['', '', 0]
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  while (child.exitCode === null && child.signalCode === null) {
    residentBytesMax = Math.max(residentBytesMax, residentBytesOf(child.pid))
    await setTimeout(SAMPLE_MS)
  }
  if ((await ended) !== 0) throw new Error(`the replay was not equal to what it replayed: ${err}${out}`)
  const { events, seconds } = JSON.parse(out) as { events: number; seconds: number }
  const progress = [
    { atMs: 0, events: 0 },
    { atMs: seconds * 1_000, events },
  ]
  return { progress, residentBytesMax }
}

async function project(context: BenchContext, databaseUrl: string): Promise<void> {
  await using projector = startProjector(context, { databaseUrl, group: randomUUID() })
  await using connection = await connectTo(databaseUrl)
  const hasBegun = () => Promise.resolve(true)
  await watchCheckpoints(connection.client, [projector], { topic: 'statements', events: context.events, hasBegun })
}

/** The kernel's own high-water mark (Linux). */
function residentBytesOf(pid: number | undefined): number {
  const file = `/proc/${pid ?? 0}/status`
  if (!existsSync(file)) return 0
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) * 1_024
}
