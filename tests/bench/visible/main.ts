/**
 * `npm run bench:visible -- [--rate 200] [--seconds 10] [--rounds 3]`
 *
 * How long until a statement that was posted is in what the api answers, at so many a second, beside a bare round trip of
 * Kafka at the same rate, in turns. The report goes to standard output. docs/benchmarks.md has the method.
 * Exit code 0 after a report, 1 after a failure, 2 for a mistake in the arguments.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { randomFrom } from '../events/random.js'
import { drawOccasion, drawStatement } from '../events/statement-lines.js'
import { withBenchLedger, type BenchLedger } from '../reads/bench-ledger.js'
import { quantile } from '../reads/quantiles.js'
import { registryEvents } from '../reads/track-events.js'
import { atARate } from './at-a-rate.js'
import { openBareRoundTrip } from './bare-round-trip.js'
import { startIntake, type IntakeProcess } from './intake-process.js'
import { keepAliveClient, type KeepAliveClient } from '../keep-alive.js'
import { wholeNumber } from '../whole-number.js'

interface Options {
  readonly perSecond: number
  readonly seconds: number
  readonly rounds: number
}

const log = (sentence: string): void => void process.stderr.write(`${sentence}\n`)
const WARM_UP_SECONDS = 20
const RATIO_MAX = 4

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if (typeof options === 'string') {
    log(options)
    return 2
  }
  const directory = mkdtempSync(path.join(os.tmpdir(), 'ledger-visible-'))
  try {
    await withBenchLedger({ profileDirectory: undefined, log }, (ledger) => measure(ledger, directory, options))
    return 0
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measure(ledger: BenchLedger, directory: string, options: Options): Promise<void> {
  await ledger.record('registry', registryEvents())
  await using intake = await startIntake({ ...ledger, directory })
  await using bare = await openBareRoundTrip(ledger)
  using client = keepAliveClient()
  const post = poster(ledger, intake, client)
  const bareOnce = () => bare.once('x'.repeat(700))
  for (const once of [bareOnce, post]) await atARate({ ...options, seconds: WARM_UP_SECONDS }, once)
  const [bareMs, visibleMs]: [number[], number[]] = [[], []]
  for (let round = 1; round <= options.rounds; round++) {
    bareMs.push(...(await atARate(options, bareOnce)))
    visibleMs.push(...(await atARate(options, post)))
    log(`Round ${round} of ${options.rounds}.`)
  }
  process.stdout.write(`${reportOf(bareMs, visibleMs, options)}\n`)
}

/** Posts a statement, then asks what became of it with the token of the answer: the api waits until it covers it. */
function poster(ledger: BenchLedger, intake: IntakeProcess, client: KeepAliveClient): () => Promise<void> {
  const random = randomFrom(1)
  let number = 0
  const authorization = `Bearer ${intake.key}`
  return async () => {
    const occasion = drawOccasion(random, number)
    const body = JSON.stringify(drawStatement(random, occasion, number++))
    const headers = { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const written = await client.request(`${intake.url}/v1/statements`, { method: 'POST', headers }, body)
    const event = written.headers.location?.split('/').at(-1)
    if (written.status !== 202 || event === undefined)
      throw new Error(`intake answered ${written.status}: ${written.body}`)
    const token = String(written.headers['ledger-after'])
    const read = await client.request(`${ledger.apiUrl}/v1/events/${event}`, {
      headers: { authorization, 'ledger-after': token },
    })
    if (read.status !== 200) throw new Error(`the api answered ${read.status}: ${read.body}`)
  }
}

function reportOf(bareMs: readonly number[], visibleMs: readonly number[], { perSecond }: Options): string {
  const row = (title: string, values: readonly number[]) =>
    `| ${title} | ${values.length} | ${[0.5, 0.95, 0.99].map((share) => quantile(values, share).toFixed(1)).join(' | ')} |`
  const ratio = quantile(visibleMs, 0.99) / quantile(bareMs, 0.99)
  return [
    `| at ${perSecond} a second | times | p50, ms | p95, ms | p99, ms |`,
    '|---|---:|---:|---:|---:|',
    row('bare Kafka, produce to consume', bareMs),
    row('POST to visible', visibleMs),
    '',
    `- p99, POST to visible over bare: ${ratio.toFixed(2)} (${ratio <= RATIO_MAX ? 'met' : 'not met'}: at most ${RATIO_MAX})`,
    `- load of the last minute: ${os.loadavg()[0]?.toFixed(1) ?? '?'} on ${os.availableParallelism()} cores`,
  ].join('\n')
}

function parseOptions(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rate: { type: 'string', default: '200' },
        seconds: { type: 'string', default: '10' },
        rounds: { type: 'string', default: '3' },
      },
    })
    return {
      perSecond: wholeNumber('--rate', values.rate, 900),
      seconds: wholeNumber('--seconds', values.seconds, 600),
      rounds: wholeNumber('--rounds', values.rounds, 20),
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

process.exitCode = await main()
