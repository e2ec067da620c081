import { inTransaction } from '#libs/postgres/database.js'
import { schemaNameOf } from '#libs/postgres/generation.js'
import type pg from 'pg'
import { EXIT, type LedgerCommand } from '../command.js'
import { generationOf } from '../generations/arguments.js'
import { LIST_GENERATIONS, RETIRE_GENERATION, TRY_REPLAY_LOCK } from '../generations/generations.sql.js'
import { withLedgerDatabase } from '../ledger-database.js'

export interface RetireOptions {
  readonly generation: number
  readonly json: boolean
}

/** `ledger retire <generation>`: drops it, with all its tables. Never the live one. Exit: 0 dropped, 1 failed, 2 usage. */
export const retire: LedgerCommand<RetireOptions> = {
  summary: 'Drop a generation that is not live',
  define: (parent) =>
    parent.command('retire').argument('<generation>', 'its number').option('--json', 'print the result as JSON'),
  parse: (args, flags) => ({ generation: generationOf(args[0]), json: flags.json === true }),
  run: ({ generation, json }, io) =>
    withLedgerDatabase(io.env, async (client) => {
      await lock(client)
      await checkRetirable(client, generation)
      await inTransaction(client, async () => {
        await client.query(`drop schema if exists ${schemaNameOf(generation)} cascade`)
        await client.query(RETIRE_GENERATION, [generation])
      })
      io.out(json ? JSON.stringify({ retired: generation }) : `Generation ${generation} was dropped.`)
      return EXIT.ok
    }),
}

const lock = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ locked: boolean }>(TRY_REPLAY_LOCK)
  if (rows[0]?.locked !== true) throw new Error('A replay or a promotion is under way: wait for its end, or stop it.')
}

const checkRetirable = async (client: pg.Client, generation: number): Promise<void> => {
  const { rows } = await client.query<{ id: number; status: string; exists: boolean }>(LIST_GENERATIONS)
  const found = rows.find(({ id }) => id === generation)
  if (found === undefined) throw new Error(`There is no generation ${generation}. \`ledger status\` lists them.`)
  if (found.status === 'live') throw new Error(`Generation ${generation} is live: promote another one first.`)
  if (!found.exists) throw new Error(`Generation ${generation} was dropped before.`)
}
