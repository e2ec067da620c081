/**
 * `npm run bench:events --silent -- [--events 500000] [--seed N] [--registry]`
 *
 * Prints the benchmark's events, so that whatever else reads a topic can be measured on the same ones: a line each, key and
 * value with a tab between them, as `kcat -P -K '\t'` takes them. With --registry those of the registry instead, which the
 * statements refer to. Exit code 0, 2 for a mistake in the arguments.
 */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { endWhenUnread } from '#libs/lifecycle/unread-output.js'
import { wholeNumber } from '../whole-number.js'
import { DEFAULT_SEED, registryRecords, statementRecords, type BenchRecord } from './bench-events.js'

async function main(): Promise<number> {
  endWhenUnread()
  let records: Iterable<BenchRecord>
  try {
    records = recordsOf(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
  for (const { key, value } of records)
    // JSON has no tab or line break of its own
    if (!process.stdout.write(`${key}\t${value}\n`)) await once(process.stdout, 'drain')
  return 0
}

function recordsOf(args: string[]): Iterable<BenchRecord> {
  const { values } = parseArgs({
    args,
    options: {
      events: { type: 'string', default: '500000' },
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      registry: { type: 'boolean', default: false },
    },
  })
  const seed = wholeNumber('--seed', values.seed, 2 ** 32 - 1)
  return values.registry
    ? registryRecords(seed)
    : statementRecords(wholeNumber('--events', values.events, 10_000_000), seed)
}

process.exitCode = await main()
