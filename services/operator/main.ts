import { watchStopSignals } from '#libs/lifecycle/until-signal.js'
import { endWhenUnread } from '#libs/lifecycle/unread-output.js'
import { runLedger } from './run-ledger.js'

endWhenUnread()
using stopped = watchStopSignals()
process.exitCode = await runLedger(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  env: process.env,
  signal: stopped.signal,
})
