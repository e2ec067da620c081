/**
 * `npm run faults -- [--rounds 24] [--seed N] [--events 20000] [--replay-every 6]`
 *
 * Kills, stops and repeats while events come in, as tests/faults/kills.test.ts does, for longer. `--events` counts
 * statements; what amends them comes on top. Exit code 0 if nothing was lost, nothing took effect twice and every replay
 * was equal, 1 if not (with the command that repeats it), 2 for a mistake in the arguments. Ctrl-C and SIGTERM stop all that
 * it started; exit code 130 then. A second one leaves that to the guards of the processes.
 */
import { parseArgs } from 'node:util'
import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { runFaults } from './run-faults.js'
import { wholeNumber } from '#tests/bench/whole-number.js'

interface Options {
  readonly rounds: number
  readonly seed: number
  readonly statements: number
  readonly replayEvery: number
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`)
    return 2
  }
  const repeat = repeatingCommand(options)
  print(repeat)
  const startMs = performance.now()
  using stopped = watchStopSignals()
  void stopped.received.then((name) => print(`${seconds(startMs)} ${name}: what was started is stopped.`))
  let faults = 0
  let round = 0
  try {
    await runFaults({
      ...options,
      signal: stopped.signal,
      began: (number) => (round = number),
      say: (sentence) => print(`${seconds(startMs)} ${sentence}`),
      checked: (what, wrong) => {
        faults += wrong.length
        if (wrong.length === 0) print(`${seconds(startMs)} well: ${what}`)
        for (const sentence of wrong) print(`${seconds(startMs)} WRONG, ${what}: ${sentence}`)
      },
    })
  } catch (error) {
    if (stopped.signal.aborted) {
      const where = round === 0 ? 'before the first round' : `in round ${round} of ${options.rounds}`
      if (error instanceof Error && error.name === 'SuppressedError')
        print(`WRONG: not all of it stopped: ${error.stack}`)
      print(`Stopped ${where}, seed ${options.seed}; ${faults} faults until then. To repeat: ${repeat}`)
      return STOPPED
    }
    faults++
    print(`${seconds(startMs)} WRONG: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
  print(faults === 0 ? `${options.rounds} rounds survived.` : `${faults} faults. To repeat: ${repeat}`)
  return faults === 0 ? 0 : 1
}

/** 128 + SIGINT, as of a command that Ctrl-C has ended. */
const STOPPED = 130

const seconds = (startMs: number): string => `${((performance.now() - startMs) / 1_000).toFixed(1).padStart(7)} s`

const repeatingCommand = ({ rounds, seed, statements, replayEvery }: Options): string =>
  `npm run faults -- --rounds ${rounds} --seed ${seed} --events ${statements} --replay-every ${replayEvery}`

/** @returns what is wrong with them, in a sentence */
function parseOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string', default: '24' },
        // another one each time: what is printed repeats it
        seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1_000_000)) },
        events: { type: 'string', default: '20000' },
        'replay-every': { type: 'string', default: '6' },
      },
    })
    const rounds = wholeNumber('--rounds', values.rounds, 1_000)
    const statements = wholeNumber('--events', values.events, 1_000_000)
    if (statements < 50 * rounds) return `--events must be 50 a round at least: ${50 * rounds}`
    return {
      rounds,
      statements,
      seed: wholeNumber('--seed', values.seed, 0xffff_ffff),
      replayEvery: wholeNumber('--replay-every', values['replay-every'], 1_000),
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

process.exitCode = await main()
