import t from 'tap'
import { amendAtRandom } from './amend-at-random.js'
import { amendRegistry } from './amend-registry.js'
import { amendStatements } from './amend-statements.js'
import { startAmendedLedger } from './amended-ledger.js'
import { readThePast } from './read-the-past.js'

/** Every amendment that there is, over HTTP, one after the other; and what each clock shows of them afterwards. */
t.setTimeout(240_000)
const ledger = await startAmendedLedger()
const { facts, served } = ledger

await t.test('as recorded', (t) => ledger.isServedAsFolded(t, 'as recorded'))
await amendStatements(ledger)
await amendRegistry(ledger)

/** `AMENDMENT_SEEDS=1,2,3` tries others. */
const SEEDS = (process.env.AMENDMENT_SEEDS ?? '20221020').split(',').map(Number)
for (const seed of SEEDS)
  await t.test(`random amendments of fold cases, seed ${seed}`, (t) => amendAtRandom(t, { served, facts, seed }))

await readThePast(ledger)
