/**
 * `npm run bench:stream -- [--subscribers 2000] [--rate 160] [--seconds 30] [--spread] [--profile <directory>]`
 *
 * Measures the live stream: changes are published on the real topic at a steady rate, an api in a process of its own sends
 * each to all subscribers, and a load process reads them. docs/benchmarks.md has the method. The report goes to standard
 * output. Exit code 0 after a report, 1 after a failure, 2 for a mistake in the arguments.
 */
import { execFileSync, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { closeInReverse, type Resources } from '#libs/lifecycle/close-in-reverse.js'
import { migrate } from '#libs/postgres/migrate.js'
import { openStack, removeStack } from '#libs/stack/open-stack.js'
import { makeTopics, removeTopics } from '../events/produce-events.js'
import { connectTo, openDatabase } from '../projector/databases.js'
import { startApi } from '../reads/api-process.js'
import { Latencies } from './latencies.js'
import type { LoadMessage } from './load.js'
import { publishChanges, type Published } from './publish.js'
import type { Arrivals } from './received-frames.js'
import { renderReport, type StreamFigures } from './report.js'
import { wholeNumber } from '../whole-number.js'

interface Options {
  readonly subscribers: number
  readonly rate: number
  readonly seconds: number
  /** The core of the api; undefined: whatever the system gives it. */
  readonly core: number | undefined
  readonly profileDirectory: string | undefined
}

const LOAD = fileURLToPath(new URL('load.js', import.meta.url))
const WARM_UP_SECONDS = 5
const log = (sentence: string): void => void process.stderr.write(`${sentence}\n`)

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if (typeof options === 'string') {
    log(options)
    return 2
  }
  const figures = await measure(options)
  const load = os.loadavg()[0]?.toFixed(1) ?? '?'
  process.stdout.write(`${renderReport(figures)}\n- load of the last minute: ${load} on ${os.cpus().length} cores\n`)
  return 0
}

async function measure(options: Options): Promise<StreamFigures> {
  // whatever this process starts inherits it; the api is given the other core
  if (options.core !== undefined)
    execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', '1', String(process.pid)], { stdio: 'ignore' })
  await using resources = closeInReverse()
  const { brokers, adminUrl } = fromEnvironment() ?? (await ownStack(resources))
  const target = { brokers, topicPrefix: `bench-${randomBytes(4).toString('hex')}.` }
  await makeTopics(target)
  resources.defer('the topics', () => removeTopics(target), { closeMsMax: 30_000 })
  const database = resources.add(await openDatabase(adminUrl), { name: 'the database', closeMsMax: 30_000 })
  {
    await using connection = await connectTo(database.url)
    await migrate(connection.client)
  }
  const environment = {
    KAFKA_BROKERS: brokers.join(','),
    API_STREAM_SUBSCRIBERS_OF_CALLER_MAX: String(options.subscribers),
  }
  const place = { databaseUrl: database.url, topicPrefix: target.topicPrefix }
  const { core, profileDirectory } = options
  const api = resources.add(await startApi({ ...place, core, profileDirectory, environment }), {
    name: 'the api',
    closeMsMax: 30_000,
  })
  await untilStreaming(api.url)
  const kafka = resources.add(await connectKafka({ ...target, clientId: 'bench', ssl: false }), { name: 'Kafka' })
  const load = fork(LOAD, [new URL(api.url).port, String(options.subscribers)])
  resources.defer('the load', () => load.kill('SIGKILL'))
  await messageOf(load)
  log(`${options.subscribers} streams are open. Publishing.`)
  const stop = new AbortController()
  const publishing = publishChanges(kafka, options.rate, stop.signal)
  await setTimeout(WARM_UP_SECONDS * 1_000)
  await measured(load)
  const residentBytes: number[] = []
  const startMs = performance.now()
  for (let second = 1; second <= options.seconds; second++) {
    await setTimeout(Math.max(0, startMs + second * 1_000 - performance.now()))
    residentBytes.push(await residentBytesOf(api.url))
  }
  const { arrivals, bytes, lost } = await measured(load)
  const seconds = (performance.now() - startMs) / 1_000
  stop.abort()
  const published = await publishing
  const { subscribers, rate } = options
  return { subscribers, rate, seconds, ...latenciesOf(arrivals, published), bytes, lost, residentBytes }
}

/** By where the clock begins. What arrives before its confirmation is heard of counts as 0 after it. */
function latenciesOf(arrivals: readonly [number, Arrivals][], published: ReadonlyMap<number, Published>) {
  const [sinceHanded, sinceConfirmed, sinceFirst] = [new Latencies(), new Latencies(), new Latencies()]
  for (const [number, { firstAtMs, laterMs }] of arrivals) {
    const moments = published.get(number)
    if (!moments) throw new Error(`${number} came and was not published`)
    sinceHanded.addAll(firstAtMs - moments.handedAtMs, laterMs)
    sinceConfirmed.addAll(firstAtMs - moments.confirmedAtMs, laterMs)
    sinceFirst.addAll(0, laterMs)
  }
  return { sinceHanded, sinceConfirmed, sinceFirst }
}

type Load = ReturnType<typeof fork>

async function messageOf(load: Load): Promise<LoadMessage> {
  const [message] = (await Promise.race([
    once(load, 'message'),
    once(load, 'exit').then(() => Promise.reject(new Error('the load process ended by itself'))),
  ])) as [LoadMessage]
  return message
}

async function measured(load: Load) {
  load.send('measured')
  const message = await messageOf(load)
  if (message.kind !== 'measured') throw new Error(`not what was asked for: ${message.kind}`)
  return message
}

/** The api answers at once, and follows the topic some seconds later. */
async function untilStreaming(apiUrl: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { status } = await fetch(`${apiUrl}/v1/changes/stream`, { method: 'HEAD' })
    if (status === 200) return
    await setTimeout(100)
  }
  throw new Error('the api does not follow the topic of changes')
}

async function residentBytesOf(apiUrl: string): Promise<number> {
  const metrics = await (await fetch(`${apiUrl}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1])
}

function fromEnvironment() {
  const { KAFKA_BROKERS: brokers, DATABASE_URL: adminUrl } = process.env
  return brokers && adminUrl ? { brokers: brokers.split(','), adminUrl } : undefined
}

async function ownStack(resources: Resources) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-bench-'))
  resources.defer('the directory', () => removeStack(dir), { closeMsMax: 30_000 })
  const stack = resources.add(await openStack({ dir, restartsMax: 0, log }), { name: 'the stack', closeMsMax: 60_000 })
  return { brokers: stack.kafkaBrokers, adminUrl: stack.databaseUrl }
}

function parseOptions(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        subscribers: { type: 'string', default: '2000' },
        rate: { type: 'string', default: '160' },
        seconds: { type: 'string', default: '30' },
        spread: { type: 'boolean', default: false },
        profile: { type: 'string' },
      },
    })
    return {
      subscribers: wholeNumber('--subscribers', values.subscribers, 5_000),
      rate: wholeNumber('--rate', values.rate, 10_000),
      seconds: wholeNumber('--seconds', values.seconds, 3_600),
      core: values.spread || os.cpus().length < 2 || process.platform !== 'linux' ? undefined : 0,
      profileDirectory: values.profile === undefined ? undefined : path.resolve(values.profile),
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = 1
}
