import t from 'tap'
import { runFaults } from './run-faults.js'

t.setTimeout(280_000) // a bound for a busy machine

/** Printed with each round; the same code with more rounds is `npm run faults`. */
const SEED = 42

t.test(
  'whatever is killed while records come in: nothing acknowledged is lost, nothing takes effect twice',
  async (t) => {
    await runFaults({
      rounds: 6, // each fault once
      seed: SEED,
      statements: 1_800,
      replayEvery: 100,
      signal: new AbortController().signal,
      say: (sentence) => t.comment(sentence),
      checked: (what, wrong) => t.same(wrong, [], what),
    })
  },
)
