import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { ledgerClient } from '#libs/client/ledger-client.js'
import { EXIT, UsageError } from '../command.js'
import type { Io, LedgerCommand } from '../command.js'
import { connectionOf, withConnectionOptions } from '../connection.js'
import type { Connection } from '../connection.js'
import { collectVotes, readVoteRows } from '../unga-votes/collect-votes.js'
import type { CollectedVotes } from '../unga-votes/collect-votes.js'
import { importReport, linesOfReport, warningsOf } from '../unga-votes/import-report.js'
import { showProgress } from '../unga-votes/progress.js'
import { indexRollCalls, readRollCallRows } from '../unga-votes/roll-calls.js'
import { runImport } from '../unga-votes/run-import.js'
import type { ImportResult } from '../unga-votes/run-import.js'
import { seriesOf } from '../unga-votes/series.js'
import type { VoteSeries } from '../unga-votes/series.js'

export interface ImportUngaVotesOptions {
  readonly votesFile: string
  readonly rollCallsFile: string
  readonly series: VoteSeries
  readonly check: boolean
  readonly json: boolean
  readonly connection: Connection
}

/** Beside those of every command: some lines were refused, and what they are is printed. */
const EXIT_REFUSED = 3

/**
 * `ledger import unga-votes <votes.csv.gz> <roll-calls.csv.gz> --series <rcids or a file>`: the General Assembly's votes
 * on one matter as statements. May be repeated, and goes on where it was stopped.
 * Exit: 0 all of it is in the ledger, 1 failed or stopped halfway, 2 wrong options or files (nothing was sent), 3 some lines were refused.
 */
export const importUngaVotes: LedgerCommand<ImportUngaVotesOptions> = {
  summary: 'Import roll-call votes of the UN General Assembly; repeating it changes nothing',
  define: (parent: Command) =>
    withConnectionOptions(
      parent
        .command('unga-votes')
        .argument('<votes.csv.gz>', 'rcid, country, country_code, vote')
        .argument('<roll-calls.csv.gz>', 'rcid, session, date, unres, amend, para, short, descr')
        .requiredOption('--series <rcids>', 'roll calls on one matter: rcids separated by commas, or a file of them')
        .option('--dossier <id>', 'dossier of the statements (default for known series: theirs)')
        .option('--matter <id>', 'matter of the stances (default: the id of the dossier)')
        .option('--title <text>', 'title of dossier and matter where they are new')
        .option('--no-check', 'do not ask the api which votes are there already')
        .option('--json', 'print the result as JSON'),
    ).option('--key-file <file>', 'file with the API key'),
  parse(args, flags, env) {
    const [votesFile = '', rollCallsFile = ''] = args
    const keyFile = textOf(flags.keyFile)
    return {
      votesFile,
      rollCallsFile,
      series: seriesOf({
        series: String(flags.series),
        dossier: textOf(flags.dossier),
        matter: textOf(flags.matter),
        title: textOf(flags.title),
      }),
      check: flags.check !== false,
      json: flags.json === true,
      connection: connectionOf(keyFile === undefined ? flags : { ...flags, key: keyIn(keyFile) }, env),
    }
  },
  async run(options, io) {
    const startMs = performance.now()
    const collected = await collect(options, io)
    for (const warning of warningsOf(collected)) io.err(warning)
    const result = await send(options, collected, io)
    const report = importReport(options.series, collected, result, (performance.now() - startMs) / 1000)
    if (options.json) io.out(JSON.stringify(report))
    else for (const line of linesOfReport(report)) io.out(line)
    return result.interrupted ? EXIT.failed : result.refusals.length > 0 ? EXIT_REFUSED : EXIT.ok
  },
}

async function collect(options: ImportUngaVotesOptions, io: Io): Promise<CollectedVotes> {
  const index = await indexRollCalls(readRollCallRows(options.rollCallsFile), options.series.rcids)
  io.err(`Reading the votes of ${index.series.size} roll calls.`)
  return collectVotes(readVoteRows(options.votesFile), index)
}

async function send(options: ImportUngaVotesOptions, collected: CollectedVotes, io: Io): Promise<ImportResult> {
  using progress = showProgress(io, 'Sending', 'lines')
  return await runImport(ledgerClient(options.connection), options.series, collected, {
    check: options.check,
    signal: io.signal,
    onProgress: (done, total) => {
      progress.update(done, total)
    },
  })
}

const textOf = (flag: unknown): string | undefined => (typeof flag === 'string' ? flag : undefined)

function keyIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new UsageError(`--key-file cannot be read: ${(error as Error).message}.`, { cause: error })
  }
}
