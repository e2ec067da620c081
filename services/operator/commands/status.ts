import { EXIT, type LedgerCommand } from '../command.js'
import { readStatus } from '../generations/read-status.js'
import { linesOfStatus } from '../generations/status-lines.js'

export interface StatusOptions {
  readonly json: boolean
}

/** `ledger status`: generations, how far the live one has read, and what wants looking after. Exit: 0 told, 1 failed, 2 usage. */
export const status: LedgerCommand<StatusOptions> = {
  summary: 'Show generations, checkpoints and lag, the outbox, and what is blocked',
  define: (parent) => parent.command('status').option('--json', 'print it as JSON'),
  parse: (_args, flags) => ({ json: flags.json === true }),
  async run({ json }, io) {
    const found = await readStatus(io)
    if (json) io.out(JSON.stringify(found))
    else for (const line of linesOfStatus(found)) io.out(line)
    return EXIT.ok
  },
}
