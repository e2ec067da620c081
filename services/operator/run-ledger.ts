import { Command, CommanderError } from 'commander'
import { EXIT, UsageError } from './command.js'
import type { Io, LedgerCommand } from './command.js'
import { compare } from './commands/compare.js'
import { explain } from './commands/explain.js'
import { importUngaVotes } from './commands/import-unga-votes.js'
import { promote } from './commands/promote.js'
import { quarantineDismiss, quarantineRelease } from './commands/quarantine-decide.js'
import { quarantineList } from './commands/quarantine-list.js'
import { quarantineShow } from './commands/quarantine-show.js'
import { replay } from './commands/replay.js'
import { restoreTopics } from './commands/restore-topics.js'
import { retire } from './commands/retire.js'
import { seed } from './commands/seed.js'
import { status } from './commands/status.js'

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
  add(program, status)
  add(program, explain)
  const quarantine = program.command('quarantine').description('Look after records that were not applied')
  add(quarantine, quarantineList)
  add(quarantine, quarantineShow)
  add(quarantine, quarantineRelease)
  add(quarantine, quarantineDismiss)
  add(program, replay)
  add(program, compare)
  add(program, promote)
  add(program, retire)
  add(program, restoreTopics)
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
