import type { Command } from 'commander'

/** Where a command writes: results to `out`, progress and faults to `err`, each a whole line without its end. */
export interface Io {
  out(line: string): void
  err(line: string): void
  env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C: stop at the next place where stopping is safe. */
  signal: AbortSignal
}

/** What every command exits with; one that tells more apart says so in its own file. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const

/**
 * One command of `ledger`: what it is called and takes, how what was typed becomes an options value, and the work.
 * The halves are apart so that each can be tested without the other.
 */
export interface LedgerCommand<Options> {
  readonly summary: string
  /** Adds name, arguments and options to the program (or to a group of it). */
  define(parent: Command): Command
  /** @param args, flags  what commander read. @throws UsageError */
  parse(args: readonly string[], flags: Readonly<Record<string, unknown>>, env: Io['env']): Options
  /** @returns the exit code; what is thrown is printed as one sentence, exit code 1 */
  run(options: Options, io: Io): Promise<number>
}

/** A mistake in what was typed: printed as it is, exit code 2, nothing done. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
