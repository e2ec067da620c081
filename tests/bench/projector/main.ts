/**
 * `npm run bench:projector -- [--events 500000] [--rounds 3] [--only read,tutorial] [--seed N] [--json <file>]
 *   [--profile <directory>]`
 *
 * Measures, on one machine and the same events, what the projector does beside what else one could do with the topic.
 * Runs on a Kafka and a Postgres of its own, or on those that KAFKA_BROKERS and DATABASE_URL name (under random names, and
 * removed afterwards). The report goes to standard output, progress to standard error. docs/benchmarks.md has the method.
 * Exit code 0 after a report, 1 if a subject failed, 2 for a mistake in the arguments.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openStack, removeStack } from '#libs/stack/open-stack.js'
import { DEFAULT_SEED } from '../events/bench-events.js'
import { makeTopics, produceEvents, produceRegistry, removeTopics } from '../events/produce-events.js'
import { administer } from './databases.js'
import { linesOf, renderReport } from './report.js'
import { runRounds } from './rounds.js'
import type { BenchContext, Subject } from './subject.js'
import { SUBJECTS } from './subjects.js'
import { wholeNumber } from '../whole-number.js'

interface Options {
  readonly events: number
  readonly rounds: number
  readonly seed: number
  readonly subjects: readonly Subject[]
  readonly json: string | undefined
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
  const { KAFKA_BROKERS: brokers, DATABASE_URL: adminUrl } = process.env
  if (brokers && adminUrl) return await measure({ brokers: brokers.split(','), adminUrl }, options)
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-bench-'))
  try {
    await using stack = await openStack({ dir, restartsMax: 0, log })
    return await measure({ brokers: stack.kafkaBrokers, adminUrl: stack.databaseUrl }, options)
  } finally {
    await removeStack(dir)
  }
}

async function measure(where: Pick<BenchContext, 'brokers' | 'adminUrl'>, options: Options): Promise<number> {
  const { events, profileDirectory } = options
  const context = { ...where, topicPrefix: `bench-${randomBytes(4).toString('hex')}.`, events, profileDirectory }
  try {
    await loadTopics(context, options)
    const between = () => administer(context.adminUrl, 'checkpoint')
    const results = await runRounds(options.subjects, context, { rounds: options.rounds, between, log })
    const lines = linesOf(results)
    process.stdout.write(`${renderReport(lines)}\n${busyNote(options)}`)
    if (options.json) writeFileSync(options.json, JSON.stringify({ ...machine(options), lines }, undefined, 2))
    return 0
  } finally {
    await removeTopics(context)
    for (const subject of SUBJECTS) await subject.cleanUp?.(context)
  }
}

async function loadTopics(context: BenchContext, { events, seed, subjects }: Options): Promise<void> {
  await makeTopics(context)
  await produceRegistry(context, seed)
  for (const subject of subjects) await subject.prepare?.(context)
  const startedAt = performance.now()
  const { records, bytes, perPartition } = await produceEvents(context, events, seed)
  const seconds = (performance.now() - startedAt) / 1_000
  log(
    `Loaded ${records} events of ${Math.round(bytes / records)} bytes in ${seconds.toFixed(1)} s; ` +
      `partitions hold ${Math.min(...perPartition)} to ${Math.max(...perPartition)}.`,
  )
}

const machine = ({ loadBefore }: Options) => ({
  node: process.version,
  loadBefore,
  cores: os.availableParallelism(),
  memoryBytes: os.totalmem(),
  measuredAt: new Date().toISOString(),
})

/** On a machine that had other work, rates are too low and ratios are only as good as the turns were even. */
const busyNote = ({ loadBefore }: Options): string =>
  loadBefore < os.availableParallelism() / 4
    ? ''
    : `\nThe machine was not at rest: its load was ${loadBefore.toFixed(1)} before this began, on ${os.availableParallelism()} cores.\n`

const EVENTS_MAX = 5_000_000
const ROUNDS_MAX = 20

function parseOptions(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        events: { type: 'string', default: '500000' },
        rounds: { type: 'string', default: '3' },
        seed: { type: 'string', default: String(DEFAULT_SEED) },
        only: { type: 'string' },
        json: { type: 'string' },
        profile: { type: 'string' },
      },
    })
    return {
      events: wholeNumber('--events', values.events, EVENTS_MAX),
      rounds: wholeNumber('--rounds', values.rounds, ROUNDS_MAX),
      seed: wholeNumber('--seed', values.seed, 0xffff_ffff),
      subjects: chosen(values.only),
      json: values.json,
      loadBefore: os.loadavg()[0] ?? NaN,
      profileDirectory: values.profile === undefined ? undefined : path.resolve(values.profile),
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
