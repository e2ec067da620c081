import { parseArgs } from 'node:util'
import { ledgerClient } from '#libs/client/ledger-client.js'
import { connectionOf } from '#services/operator/connection.js'
import { readCaseFile } from './case-file.js'
import { runConformance } from './run-conformance.js'

const USAGE = `Usage: npm run conformance -- FILE [--seed N] [--intake URL] [--api URL] [--key KEY]

Posts the fold cases in FILE to a ledger that runs, reads back what it made of them, and prints every difference.
Without --seed one is chosen and printed. Without --key the one in .ledger/development-key is sent.`

/** Differences go to standard output, progress to standard error. Exit: 0 no difference, 1 some, 2 it could not be run. */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { seed: { type: 'string' }, intake: { type: 'string' }, api: { type: 'string' }, key: { type: 'string' } },
  })
  const [path] = positionals
  const seed = Number(values.seed ?? Date.now() % 1_000_000)
  if (path === undefined || positionals.length > 1 || !Number.isSafeInteger(seed)) throw new Error(USAGE)
  const file = readCaseFile(path)
  const client = ledgerClient(connectionOf(values, process.env))
  err(`${file.cases.length} cases, seed ${seed}.`)
  const startedAt = performance.now()
  const { cases, differences } = await runConformance(client, file, {
    run: `conformance-${Date.now().toString(36)}`,
    seed,
    onDifference: out,
    onProgress: ({ done, total }) => {
      err(`${done} of ${total} cases`)
    },
  })
  err(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  out(`${cases} cases, ${differences} differences, seed ${seed}.`)
  return differences === 0 ? 0 : 1
}

const out = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
const err = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  err(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
