import { EXIT, UsageError, type LedgerCommand } from '../command.js'
import { wholeNumberOf } from '../generations/arguments.js'
import { inLiveSnapshot } from '../ledger-database.js'
import { LIST_BLOCKED } from '../quarantine/quarantine.sql.js'
import { placeText, type RecordPlace } from '../quarantine/record-place.js'
import { tableLines } from '#libs/terminal/table-lines.js'

const OUTCOMES = ['quarantined', 'pending', 'waiting']

export interface QuarantineListOptions {
  readonly outcomes: readonly string[]
  readonly limit: number
  readonly json: boolean
}

interface BlockedRow extends RecordPlace {
  readonly recordedAt: Date
  readonly outcome: string
  readonly code: string | null
  readonly type: string | null
  readonly subject: string | null
  readonly event: string | null
  readonly detail: string | null
  readonly missing: string[] | null
}

/** `ledger quarantine list`: records that were not applied, in the order of the log. Exit: 0 listed, 1 failed, 2 usage. */
export const quarantineList: LedgerCommand<QuarantineListOptions> = {
  summary: 'List records that are quarantined; or pending, or waiting behind another',
  define: (parent) =>
    parent
      .command('list')
      .option('--outcome <outcome>', 'quarantined, pending, waiting or all', 'quarantined')
      .option('--limit <n>', 'how many at most', '500')
      .option('--json', 'NDJSON, a record a line'),
  parse(_args, flags) {
    const outcome = String(flags.outcome)
    if (outcome !== 'all' && !OUTCOMES.includes(outcome))
      throw new UsageError(`--outcome takes ${OUTCOMES.join(', ')} or all, not ${outcome}.`)
    return {
      outcomes: outcome === 'all' ? OUTCOMES : [outcome],
      limit: wholeNumberOf('--limit', flags.limit),
      json: flags.json === true,
    }
  },
  async run({ outcomes, limit, json }, io) {
    const rows = await inLiveSnapshot(
      io.env,
      async (client) => (await client.query<BlockedRow>(LIST_BLOCKED, [outcomes, limit])).rows,
    )
    if (json) for (const row of rows) io.out(JSON.stringify(row))
    else if (rows.length === 0) io.out(`Nothing is ${outcomes.join(' or ')}.`)
    else for (const line of tableLines([HEAD, ...rows.map(cellsOf)])) io.out(line)
    return EXIT.ok
  },
}

const HEAD = ['record', 'outcome', 'code', 'subject', 'what']
const cellsOf = (row: BlockedRow): string[] => [
  placeText(row),
  row.outcome,
  row.code ?? '',
  row.subject ?? '',
  row.missing ? `needs ${row.missing.join(', ')}` : (row.detail ?? ''),
]
