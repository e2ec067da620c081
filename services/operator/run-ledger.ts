import { Command, CommanderError } from 'commander'
import { EXIT, UsageError } from './command.js'
import type { Io, LedgerCommand } from './command.js'
import { importUngaVotes } from './commands/import-unga-votes.js'
import { seed } from './commands/seed.js'

/**
 * The `ledger` command: finds the command that was named, and runs it.
 * @param args  without node and script
 * @returns the exit code: 0 done, 1 failed, 2 a mistake in what was typed; others as each command's file says
 */
export async function runLedger(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok
  const program = new Command('ledger')
    .description('Works on a ledger that runs. Progress goes to standard error, results to standard output.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.out(text.trimEnd())
      },
      writeErr: (text) => {
        io.err(text.trimEnd())
      },
    })
  const add = <Options>(parent: Command, command: LedgerCommand<Options>): void => {
    const defined = command.define(parent).description(command.summary).exitOverride()
    defined.action(async () => {
      exitCode = await command.run(command.parse(defined.args, defined.opts(), io.env), io)
    })
  }
  add(program, seed)
  add(program.command('import').description('Import from a source of statements'), importUngaVotes)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error, io)
  }
}

function exitCodeOf(error: unknown, io: Io): number {
  // commander has printed its own by now: help and version are no mistakes
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  io.err(error instanceof Error ? error.message : String(error))
  return error instanceof UsageError ? EXIT.usage : EXIT.failed
}
