/**
 * `npm run bench:api -- [--rounds 5] [--seconds 3] [--events 40000] [--only position,bare] [--seed N] [--profile <directory>]`
 *
 * Measures what the api answers by second beside a bare route, a page made by json_agg, and a handler in Go where there is
 * one: on a ledger of its own, the servers on one core, load and Postgres on the other. The report goes to standard output
 * as Markdown, progress to standard error. docs/benchmarks.md has the method. Exit code 0 after a report, 1 after a
 * failure, 2 for a mistake in the arguments.
 */
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { closeInReverse } from '#libs/lifecycle/close-in-reverse.js'
import { DEFAULT_SEED } from '../events/bench-events.js'
import { canPin, moveToCore, OTHER_CORE } from './cores.js'
import { loadLedger, type LoadedLedger } from './loaded-ledger.js'
import { linesOf, renderReport } from './report.js'
import { runRounds } from './rounds.js'
import { takeSample } from './sample.js'
import { startServer, type ServerCommand, type ServerProcess } from './server-process.js'
import { apiServer, bareServer, goServer, jsonAggServer } from './servers.js'
import { SUBJECTS, type ServerName, type Subject } from './subjects.js'
import { wholeNumber } from '../whole-number.js'

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly events: number
  readonly seed: number
  readonly subjects: readonly Subject[]
  readonly profileDirectory: string | undefined
  /** How many processes wanted to run in the minute before. */
  readonly loadBefore: number
}

const log = (sentence: string): void => void process.stderr.write(`${sentence}\n`)

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if (typeof options === 'string') {
    log(options)
    return 2
  }
  const pinned = await canPin()
  await using ledger = await loadLedger({ ...options, pinned, log })
  if (pinned) await moveToCore(OTHER_CORE, [process.pid])
  process.stdout.write(`${await measure(ledger, options, pinned)}\n`)
  return 0
}

async function measure(ledger: LoadedLedger, options: Options, pinned: boolean): Promise<string> {
  await using resources = closeInReverse()
  const servers = new Map<ServerName, ServerProcess>()
  const start = async (name: ServerName, command: ServerCommand): Promise<ServerProcess> => {
    const server = resources.add(await startServer(command, { pinned, directory: ledger.directory }), {
      name,
      closeMsMax: 30_000,
    })
    servers.set(name, server)
    return server
  }
  const wanted = (name: ServerName): boolean => options.subjects.some(({ server }) => server === name)
  const api = await start('api', apiServer(ledger, options.profileDirectory))
  const sample = await takeSample(api.url, options.seed)
  log(`${sample.positions.length} positions, of ${sample.positionBody.length} characters in the middle.`)
  if (wanted('bare')) await start('bare', bareServer(ledger, sample))
  if (wanted('json-agg')) await start('json-agg', await jsonAggServer(ledger))
  const go = wanted('go') ? await goServer(ledger, log) : undefined
  if (go) await start('go', go)
  const results = await runRounds(options.subjects, servers, sample, { ...options, log })
  return [renderReport(linesOf(results)), ...notes(options, { pinned, go: servers.has('go') })].join('\n')
}

/** What a reader has to know of this run. */
function notes({ loadBefore, rounds, seconds, subjects }: Options, { pinned, go }: { pinned: boolean; go: boolean }) {
  const cores = os.cpus().length
  return [
    '',
    `${rounds} rounds of ${seconds} s; load before it began: ${loadBefore.toFixed(1)} on ${cores} cores. Node.js ${process.version}.`,
    ...(pinned ? [] : ['Processes could not be kept on cores (no taskset, or one core): ratios say less.']),
    ...(go || !subjects.some(({ server }) => server === 'go') ? [] : ['Without Go: it is not installed.']),
  ]
}

function parseOptions(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '3' },
        events: { type: 'string', default: '40000' },
        seed: { type: 'string', default: String(DEFAULT_SEED) },
        only: { type: 'string' },
        profile: { type: 'string' },
      },
    })
    return {
      rounds: wholeNumber('--rounds', values.rounds, 20),
      seconds: wholeNumber('--seconds', values.seconds, 60),
      events: wholeNumber('--events', values.events, 1_000_000),
      seed: wholeNumber('--seed', values.seed, 0xffff_ffff),
      subjects: chosen(values.only),
      profileDirectory: values.profile === undefined ? undefined : path.resolve(values.profile),
      loadBefore: os.loadavg()[0] ?? NaN,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function chosen(only: string | undefined): readonly Subject[] {
  if (only === undefined) return SUBJECTS
  return only.split(',').map((name) => {
    const subject = SUBJECTS.find((one) => one.name === name)
    if (!subject) throw new Error(`--only: one of ${SUBJECTS.map((one) => one.name).join(', ')}`)
    return subject
  })
}

process.exitCode = await main()
