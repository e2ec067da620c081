import type { LedgerCommand } from '../command.js'
import { generationOf } from '../generations/arguments.js'
import { runProjectorCommand } from '../projector-command.js'

export interface PromoteOptions {
  readonly generation: number
  readonly accept: string | undefined
  readonly json: boolean
}

/**
 * `ledger promote <generation> [--accept-differences <digest>]`: makes it the live one. Reads go on; only differences are
 * published. Exit: 0 promoted, 1 failed, 2 usage, 3 refused: it differs, and these differences were not accepted.
 */
export const promote: LedgerCommand<PromoteOptions> = {
  summary: 'Make a generation the live one; refuses what differs, unless the digest of the differences is given',
  define: (parent) =>
    parent
      .command('promote')
      .argument('<generation>', 'its number')
      .option('--accept-differences <digest>', 'as `ledger compare` printed it')
      .option('--json', 'print the result as JSON'),
  parse: (args, flags) => ({
    generation: generationOf(args[0]),
    accept: typeof flags.acceptDifferences === 'string' ? flags.acceptDifferences : undefined,
    json: flags.json === true,
  }),
  run: ({ generation, accept, json }, io) =>
    runProjectorCommand(
      [
        ...['promote', String(generation)],
        ...(accept === undefined ? [] : ['--accept-differences', accept]),
        ...(json ? ['--json'] : []),
      ],
      io,
    ),
}
