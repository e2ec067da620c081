/**
 * Runs a stack until SIGTERM, Ctrl-C or, with --until-stdin-ends, the end of standard input:
 *
 *     node dist/libs/stack/main.js --dir .ledger [--kafka-port 9092] [--postgres-port 5432]
 *
 * Once ready it prints one line of JSON, `{"kafkaBrokers":["127.0.0.1:…"],"databaseUrl":"postgres://…"}`; progress goes to
 * standard error. Exit code 0 after an orderly stop, 1 if it did not start, with the sentences that say why, 2 for a mistake
 * in the arguments.
 */
import { inspect, parseArgs } from 'node:util'
import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { StackError } from './errors.js'
import { openStack, type StackOptions } from './open-stack.js'

const USAGE = 'Usage: main.js --dir <directory> [--kafka-port <port>] [--postgres-port <port>] [--until-stdin-ends]'

const main = async (args: string[]): Promise<number> => {
  const options = parseOptions(args)
  if (!options) {
    tell(USAGE)
    return 2
  }
  using stopSignals = watchStopSignals()
  try {
    await using stack = await openStack({ ...options, log: tell, signal: stopSignals.signal })
    const { kafkaBrokers, databaseUrl } = stack
    process.stdout.write(`${JSON.stringify({ kafkaBrokers, databaseUrl })}\n`)
    await (options.untilStdinEnds ? Promise.race([stopSignals.received, stdinEnd()]) : stopSignals.received)
    process.stdin.destroy() // else, still open after a signal, it would keep us here
    return 0
  } catch (error) {
    tell(error instanceof StackError ? error.message : inspect(error))
    return 1
  }
}

const tell = (sentence: string): void => void process.stderr.write(`${sentence}\n`)

const parseOptions = (args: string[]): (StackOptions & { untilStdinEnds: boolean }) | undefined => {
  try {
    const { values } = parseArgs({
      args,
      options: {
        dir: { type: 'string' },
        'kafka-port': { type: 'string' },
        'postgres-port': { type: 'string' },
        'until-stdin-ends': { type: 'boolean', default: false },
      },
    })
    const [kafkaPort, postgresPort] = [parsePort(values['kafka-port']), parsePort(values['postgres-port'])]
    if (!values.dir) return undefined
    return {
      dir: values.dir,
      untilStdinEnds: values['until-stdin-ends'],
      ...(kafkaPort !== undefined && { kafkaPort }),
      ...(postgresPort !== undefined && { postgresPort }),
    }
  } catch {
    return undefined
  }
}

const parsePort = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new RangeError(`${text} is not a port.`)
  return port
}

const stdinEnd = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve).resume()
  })

process.exitCode = await main(process.argv.slice(2))
