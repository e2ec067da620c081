import type { LedgerCommand } from '../command.js'
import { generationOf, wholeNumberOf } from '../generations/arguments.js'
import { runProjectorCommand } from '../projector-command.js'

export interface CompareOptions {
  readonly a: number
  readonly b: number
  readonly limit: number
  readonly json: boolean
}

/**
 * `ledger compare <a> <b>`: counts, tracks and positions that differ, and the digest of the differences. One that is not
 * live first reads on to where the other stands. Exit: 0 equal, 1 failed, 2 usage, 3 they differ.
 */
export const compare: LedgerCommand<CompareOptions> = {
  summary: 'Compare two generations: counts, digests of tracks, the positions that differ',
  define: (parent) =>
    parent
      .command('compare')
      .argument('<a>', 'number of a generation')
      .argument('<b>', 'number of another')
      .option('--limit <n>', 'how many positions to list', '200')
      .option('--json', 'NDJSON: every difference, then a summary'),
  parse: (args, flags) => ({
    a: generationOf(args[0]),
    b: generationOf(args[1]),
    limit: wholeNumberOf('--limit', flags.limit),
    json: flags.json === true,
  }),
  run: ({ a, b, limit, json }, io) =>
    runProjectorCommand(['compare', String(a), String(b), '--limit', String(limit), ...(json ? ['--json'] : [])], io),
}
