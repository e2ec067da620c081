import { ledgerClient } from '#libs/client/ledger-client.js'
import { loadSeeds } from '#seeds/load-seeds.js'
import type { LedgerCommand } from '../command.js'
import { EXIT } from '../command.js'
import { connectionOf, withConnectionOptions } from '../connection.js'
import type { Connection } from '../connection.js'

/** `ledger seed`: loads seeds/ into a ledger that runs. May be repeated. Exit: 0 loaded, 1 failed, 2 usage. */
export const seed: LedgerCommand<Connection> = {
  summary: 'Load the registry, reports and statements in seeds/; repeating it changes nothing',
  define: (parent) => withConnectionOptions(parent.command('seed')),
  parse: (_args, flags, env) => connectionOf(flags, env),
  async run(connection, io) {
    const client = ledgerClient({ ...connection, signal: io.signal })
    const { lines } = await loadSeeds(client, ({ part, done, total }) => {
      io.err(`${part}: ${done} of ${total}`)
    })
    io.out(`${lines} lines loaded.`)
    return EXIT.ok
  },
}
