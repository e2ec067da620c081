/**
 * The process behind `ledger replay`, `compare`, `promote` and `restore-topics`: what folds, or reads the journal as the
 * projector wrote it, stands with the projector.
 *
 *     main.js replay [--from journal|kafka] [--reducer <module>] [--discard] [--json]
 *     main.js compare <generation> <generation> [--limit <n>] [--json]
 *     main.js promote <generation> [--accept-differences <digest>] [--json]
 *     main.js restore-topics [--json]
 *
 * With --until-stdin-ends it stops when its standard input ends: then whoever started it is gone.
 * Settings come from the environment (replay-config.ts). Results go to standard output, progress to standard error.
 * Exit: 0 done and equal, 1 failed, 2 usage, 3 the generations differ, 4 stopped (what was built stays, and is gone on with).
 */
import { parseArgs } from 'node:util'
import { ConfigError } from '#libs/lifecycle/environment.js'
import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { endWhenUnread } from '#libs/lifecycle/unread-output.js'
import { connect } from '#libs/postgres/database.js'
import { compareCommand } from './compare-command.js'
import { promoteCommand } from './promote-command.js'
import { restoreCommand } from '../restore/restore-command.js'
import { replayCommand } from './replay-command.js'
import { parseReplayConfig } from './replay-config.js'
import { ReducerError } from '../tracks/load-reducers.js'
import { ReplayError } from './replay-state.js'

const EXIT = { failed: 1, usage: 2, stopped: 4 } as const

const main = async (args: string[]): Promise<number> => {
  using stop = watchStopSignals()
  let signal = stop.signal
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        from: { type: 'string', default: 'journal' },
        reducer: { type: 'string' },
        discard: { type: 'boolean', default: false },
        'accept-differences': { type: 'string' },
        limit: { type: 'string', default: '200' },
        json: { type: 'boolean', default: false },
        'until-stdin-ends': { type: 'boolean', default: false },
      },
    })
    if (values['until-stdin-ends']) signal = AbortSignal.any([signal, stdinEnd()])
    const [command, ...rest] = positionals
    const config = parseReplayConfig(process.env)
    const client = await connect(config.database, { applicationName: 'ledger replay', onIdleError: () => undefined })
    const out = (line: string) => void process.stdout.write(`${line}\n`)
    const context = { client, config, signal, json: values.json, out }
    try {
      if (command === 'replay') return await replayCommand(context, values)
      if (command === 'compare') return await compareCommand(context, rest, values.limit)
      if (command === 'promote') return await promoteCommand(context, rest, values['accept-differences'])
      if (command === 'restore-topics') return await restoreCommand(context)
      return usage(`There is no command '${command ?? ''}'.`)
    } finally {
      await client.end()
    }
  } catch (error) {
    return exitCodeOf(error, signal)
  }
}

/** Aborted when whoever started us is gone. Does not keep the process alive. */
const stdinEnd = (): AbortSignal => {
  const controller = new AbortController()
  const stop = () => controller.abort(new Error('Stopped: whoever started it is gone.'))
  process.stdin.once('end', stop).once('close', stop).resume().unref()
  return controller.signal
}

const usage = (sentence: string): number => {
  process.stderr.write(`${sentence}\n`)
  return EXIT.usage
}

const exitCodeOf = (error: unknown, signal: AbortSignal): number => {
  if (signal.aborted) {
    process.stderr.write(
      'Stopped. What was built stays: the same command goes on with it, `ledger replay --discard` drops it.\n',
    )
    return EXIT.stopped
  }
  if (
    error instanceof ConfigError ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE'))
  )
    return usage(error.message)
  const expected = error instanceof ReplayError || error instanceof ReducerError
  process.stderr.write(
    `${expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return EXIT.failed
}

endWhenUnread()
process.exitCode = await main(process.argv.slice(2))
