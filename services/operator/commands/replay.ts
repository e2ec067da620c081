import type { LedgerCommand } from '../command.js'
import { UsageError } from '../command.js'
import { runProjectorCommand } from '../projector-command.js'

export interface ReplayOptions {
  readonly from: 'journal' | 'kafka'
  readonly reducer: string | undefined
  readonly discard: boolean
  readonly json: boolean
}

/**
 * `ledger replay [--from journal|kafka] [--reducer <module>] [--discard]`: builds a generation beside the live one and compares.
 * Exit: 0 built and equal, 1 failed, 2 usage, 3 built and different, 4 stopped (the same command goes on).
 */
export const replay: LedgerCommand<ReplayOptions> = {
  summary: 'Build a new generation of the read models beside the live one, and compare the two; publishes nothing',
  define: (parent) =>
    parent
      .command('replay')
      .option('--from <source>', 'journal (in Postgres) or kafka, whose records must be the same', 'journal')
      .option('--reducer <module>', 'ES module that exports foldTrack: another fold, to be tried')
      .option('--discard', 'drop the generation that was begun and is not finished')
      .option('--json', 'print the result as JSON'),
  parse(_args, flags) {
    const { from } = flags
    if (from !== 'journal' && from !== 'kafka')
      throw new UsageError(`--from takes journal or kafka, not ${String(from)}.`)
    return {
      from,
      reducer: typeof flags.reducer === 'string' ? flags.reducer : undefined,
      discard: flags.discard === true,
      json: flags.json === true,
    }
  },
  run: ({ from, reducer, discard, json }, io) =>
    runProjectorCommand(
      [
        ...['replay', '--from', from],
        ...(reducer === undefined ? [] : ['--reducer', reducer]),
        ...(discard ? ['--discard'] : []),
        ...(json ? ['--json'] : []),
      ],
      io,
    ),
}
