import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { StackError } from '#libs/stack/errors.js'
import { parseStartConfig, StartConfigError } from './start-config.js'
import { startLedger } from './start-ledger.js'
import { curlLines, postLine } from './where-to-look.js'

/**
 * `npm start`: runs a ledger on this machine until Ctrl-C. Progress goes to standard error, where to look to standard output.
 * @returns the exit code: 0 after an orderly stop, 1 if it could not start or could not go on
 */
export async function runStart(env: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = performance.now()
  using stop = watchStopSignals()
  try {
    const config = parseStartConfig(env)
    await using ledger = await startLedger(config, env, say, stop.signal)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    say(`Ready after ${seconds} s. Ctrl-C stops it; the data stay in ${config.dir}.`)
    tell(['', 'Look:', ...curlLines(config), '', 'Write:', postLine(config, ledger.keyFile), ''])
    const end = await Promise.race([stop.received, ledger.failed])
    say(end === 'SIGINT' || end === 'SIGTERM' ? 'Stopping …' : `${end} Stopping …`)
    return end === 'SIGINT' || end === 'SIGTERM' ? 0 : 1
  } catch (error) {
    if (stop.signal.aborted) {
      say('Stopped while it was starting.')
      return 0
    }
    say(sentenceOf(error))
    return 1
  }
}

/** What a person can mend is one sentence; what only we can is shown with where it happened. */
function sentenceOf(error: unknown): string {
  if (error instanceof StackError || error instanceof StartConfigError) return error.message
  if (!(error instanceof Error)) return String(error)
  return ['KafkaError', 'RequestError', 'LineRefused'].includes(error.name)
    ? error.message
    : (error.stack ?? error.message)
}

const say = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`)
}
const tell = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`)
}
