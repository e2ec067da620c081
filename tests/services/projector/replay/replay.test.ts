import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { holdHalfLoaded } from './half-loaded.js'
import { fillWithTrouble } from './troubled-log.js'
import { ended } from './command-result.js'
import { runLedger, type RunningLedger } from './running-ledger.js'

t.test('a replay gives what the live projector gave, table by table, however it was interrupted', async (t) => {
  const ledger = await runLedger(t)
  await fillWithTrouble(ledger, 1_200)
  const live = await ledger.modelOf(1)
  for (const outcome of ['duplicate', 'pending', 'waiting', 'quarantined', 'dismissed'])
    t.ok(
      live.outcomes?.some((row) => (row as { outcome: string }).outcome === outcome),
      `something is ${outcome}`,
    )

  await t.test('from the journal', async (t) => {
    const { code, out, err } = await ledger.ledger('replay', '--json')
    t.equal(code, 0, err)
    const result = JSON.parse(out) as {
      generation: number
      parity: { equal: boolean; counts: { a: object; b: object } }
    }
    t.equal(result.parity.equal, true)
    t.same(result.parity.counts.a, result.parity.counts.b)
    t.same(await ledger.modelOf(result.generation), live)
  })

  await t.test('from Kafka', async (t) => {
    const { code, out, err } = await ledger.ledger('replay', '--from', 'kafka', '--json')
    t.equal(code, 0, err)
    t.same(await ledger.modelOf(generationIn(out)), live)
  })

  await t.test('with next to no statement kept as an object', async (t) => {
    const { code, out, err } = await ended(ledger.startReplay({ REPLAY_STATEMENTS_MAX: '2' }))
    t.equal(code, 0, err)
    const generation = Number(/Generation (\d+) is built/.exec(out)?.[1])
    t.same(await ledger.modelOf(generation), live)
  })

  await t.test('killed in the middle, and gone on with', async (t) => {
    const child = ledger.startReplay()
    const held = await holdHalfLoaded(ledger)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await held.letGo()
    await untilUnlocked(ledger)
    t.ok(held.partsDone > 0, 'some of it is kept')
    const other = await ledger.ledger('replay', '--from', 'kafka')
    t.match(other, { code: 1, err: /not finished/ }, 'not with other options')
    const { code, out, err } = await ledger.ledger('replay', '--json')
    t.equal(code, 0, err)
    t.match(JSON.parse(out), { generation: held.generation, resumed: true })
    t.same(await ledger.modelOf(held.generation), live)
  })

  await t.test('stopped by Ctrl-C, and dropped', async (t) => {
    const child = ledger.start('replay')
    const result = ended(child)
    const held = await holdHalfLoaded(ledger)
    t.match(await ledger.ledger('replay'), { code: 1, err: /one at a time/ })
    child.kill('SIGINT')
    t.match(await result, { code: 4, err: /goes on with it/ })
    await held.letGo()
    await untilUnlocked(ledger)
    t.equal((await ledger.ledger('replay', '--discard')).code, 0)
    t.same(await ledger.rows(`select to_regnamespace('generation_${held.generation}') as schema`), [{ schema: null }])
  })

  await t.test('a record that Kafka has otherwise than the journal is reported', async (t) => {
    await ledger.rows(
      `update ledger.journal set record_value = replace(record_value, 'tests', 'tests2')
        where topic = 'statements' and record_offset = 7 and partition = 1`,
    )
    const { code, err } = await ledger.ledger('replay', '--from', 'kafka')
    t.equal(code, 1)
    t.match(err, /offset 7 of partition 1 of the statements topic is not the one in the journal/)
    t.equal((await ledger.ledger('replay', '--discard')).code, 0)
  })
})

const generationIn = (out: string): number => (JSON.parse(out) as { generation: number }).generation

/** Postgres takes a moment to notice that a client is gone. */
const untilUnlocked = async (ledger: RunningLedger): Promise<void> => {
  for (let attempt = 0; attempt < 500; attempt++) {
    const held = await ledger.rows(`select from pg_locks where locktype = 'advisory' and classid = 7302`)
    if (held.length === 0) return
    await setTimeout(10)
  }
}
