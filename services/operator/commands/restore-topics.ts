import type { LedgerCommand } from '../command.js'
import { runProjectorCommand } from '../projector-command.js'

/**
 * `ledger restore-topics`: puts back on Kafka what the journal has and the topics of the record have not. No intake and no
 * projector may run meanwhile. Exit: 0 all is there, 1 it cannot be restored, 2 usage, 4 stopped: the same command goes on.
 */
export const restoreTopics: LedgerCommand<{ readonly json: boolean }> = {
  summary:
    'Put back on Kafka, from the journal, what its topics of the record have lost; stop intakes and projectors first',
  define: (parent) => parent.command('restore-topics').option('--json', 'print the result as JSON'),
  parse: (_args, flags) => ({ json: flags.json === true }),
  run: ({ json }, io) => runProjectorCommand(['restore-topics', ...(json ? ['--json'] : [])], io),
}
