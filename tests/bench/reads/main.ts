/**
 * `npm run bench:reads -- [--long 10000] [--short 100] [--turns 15] [--reads 500] [--seed N] [--profile <directory>]`
 *
 * Measures reads with `asOf` and `knownAt` of a long and of a short track, over HTTP, on a ledger of its own: the long one
 * beside the same fold in memory. The report goes to standard output, progress to standard error. docs/benchmarks.md has
 * the method. Exit code 0 after a report, 1 after a failure, 2 for a mistake in the arguments.
 */
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { DEFAULT_SEED } from '../events/bench-events.js'
import { withBenchLedger, type BenchLedger } from './bench-ledger.js'
import { measureLongTrack } from './long-track.js'
import { renderReport } from './report.js'
import { measureShortTrack } from './short-track.js'
import { untilCovered } from './timed-read.js'
import { registryEvents, trackOf } from './track-events.js'
import { wholeNumber } from '../whole-number.js'

interface Options {
  readonly long: number
  readonly short: number
  readonly turns: number
  readonly reads: number
  readonly seed: number
  readonly profileDirectory: string | undefined
}

const log = (sentence: string): void => void process.stderr.write(`${sentence}\n`)

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if (typeof options === 'string') {
    log(options)
    return 2
  }
  await withBenchLedger({ profileDirectory: options.profileDirectory, log }, async (ledger) => {
    process.stdout.write(`${await measure(ledger, options)}\n`)
  })
  return 0
}

async function measure(ledger: BenchLedger, options: Options): Promise<string> {
  const registry = registryEvents()
  const [long, short] = [trackOf(0, options.long, options.seed), trackOf(1, options.short, options.seed)]
  await ledger.record('registry', registry)
  const beforeAmendments = await ledger.record('statements', [...long.statements, ...short.statements])
  const afterAmendments = await ledger.record('statements', [...long.amendments, ...short.amendments])
  const { apiUrl } = ledger
  await untilCovered(apiUrl, short, afterAmendments)
  log(`Recorded ${long.statements.length} and ${short.statements.length} statements. Reading.`)
  const instants = { beforeAmendments, afterAmendments }
  const longFigures = await measureLongTrack(registry, { apiUrl, track: long, instants, turns: options.turns })
  const shortFigures = await measureShortTrack({ apiUrl, track: short, instants, reads: options.reads })
  return `${renderReport(longFigures, shortFigures)}\n- load of the last minute: ${load()} on ${os.availableParallelism()} cores`
}

/** At rest this run alone makes about 1. */
const load = (): string => os.loadavg()[0]?.toFixed(1) ?? '?'

function parseOptions(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        long: { type: 'string', default: '10000' },
        short: { type: 'string', default: '100' },
        turns: { type: 'string', default: '15' },
        reads: { type: 'string', default: '500' },
        seed: { type: 'string', default: String(DEFAULT_SEED) },
        profile: { type: 'string' },
      },
    })
    return {
      long: wholeNumber('--long', values.long, 50_000),
      short: wholeNumber('--short', values.short, 50_000),
      turns: wholeNumber('--turns', values.turns, 1_000),
      reads: wholeNumber('--reads', values.reads, 100_000),
      seed: wholeNumber('--seed', values.seed, 0xffff_ffff),
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
