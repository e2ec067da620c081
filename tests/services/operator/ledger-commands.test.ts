import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import t, { type Test } from 'tap'
import { encodeEvent } from '#libs/contracts/cloud-event.js'
import { runLedger, type RunningLedger } from '#tests/services/projector/replay/running-ledger.js'
import { evidence, smallRegistry, statement } from '#tests/services/projector/world.js'
import { partitionOf } from '#tests/services/projector/records.js'
import { startIntake } from '#tests/services/intake/intake.js'

const HOME = partitionOf('statements', 'war')
const ASTRAY = (HOME + 1) % 12

t.test('an operator looks, understands, and decides', async (t) => {
  const ledger = await runLedger(t)
  await ledger.publish([
    ...smallRegistry(),
    statement('denied'),
    statement('admitted', { day: '2022-11-05', value: 'ADMIT_PARTIAL' }),
    evidence('never-recorded', '2022-11-06'),
  ])
  const strayed = await ledger.put(
    'statements',
    ASTRAY,
    'war',
    encodeEvent(statement('strayed', { day: '2023-01-02' })),
  )
  const broken = await ledger.put('statements', HOME, 'war', '{"specversion"')
  await ledger.untilProjected()

  await t.test('explain says which row of the table each claim met, and what it moved', async (t) => {
    const one = await ledger.ledger('explain', 'admitted')
    t.match(one, { code: 0, out: /admitted: irn-rus\.uav FACT ADMIT_PARTIAL/ })
    t.match(one.out, /met: '.+', against denied: irn-rus\.uav FACT DENY, order certain/)
    t.match(one.out, /moved: REVERSAL of irn-rus\.uav FACT from DENY to ADMIT_PARTIAL, valid from 2022-11-05/)
    const position = await ledger.ledger('explain', 'Iran/irn-rus.uav/fact')
    t.match(position, { code: 0, out: /irn in war\n {2}denied: .+\n(.+\n)+ {2}admitted: / })
    const json = JSON.parse((await ledger.ledger('explain', 'denied', '--json')).out) as object
    t.match(json, {
      subject: { kind: 'statement', id: 'denied' },
      tracks: [{ actor: 'irn', steps: [{ statement: 'denied' }, {}] }],
    })
    t.match(await ledger.ledger('explain', 'never-recorded'), {
      code: 0,
      out: /not recorded yet[^]+pending: .+ needs statement:never-recorded/,
    })
    t.match(await ledger.ledger('explain', 'nothing'), { code: 1, err: /no statement nothing/ })
    t.match(await ledger.ledger('explain', 'irn/irn-rus.uav'), { code: 2 })
  })

  await t.test('quarantine lists, shows, releases and dismisses', async (t) => {
    const listed = await ledger.ledger('quarantine', 'list', '--json')
    const records = listed.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    t.match(records.length, 2)
    t.match(await ledger.ledger('quarantine', 'list', '--outcome', 'pending'), { code: 0, out: /never-recorded/ })
    const place = `statements/${ASTRAY}/${strayed}`
    t.match(await ledger.ledger('quarantine', 'show', place), {
      code: 0,
      out: /PARTITION_WRONG[^]+"subject":"strayed"/,
    })
    const connection = await intakeOf(t, ledger)
    t.match(await ledger.ledger('quarantine', 'release', place, '--reason', 'looked at', ...connection), {
      code: 0,
      out: `The release of ${place} is on the record.`,
    })
    t.match(await ledger.ledger('quarantine', 'dismiss', `statements/${HOME}/${broken}`, ...connection), { code: 0 })
    t.match(await ledger.ledger('quarantine', 'dismiss', place, ...connection.slice(0, 2), '--key', 'wrong'), {
      code: 1,
    })
    const applied = `statements/${HOME}/0`
    t.match(await ledger.ledger('quarantine', 'dismiss', applied, ...connection), {
      code: 0,
      out: `The dismissal of ${applied} is on the record.`,
    })
    await ledger.untilProjected()
    t.match(await ledger.ledger('quarantine', 'show', applied), { out: /\napplied\n/ }, 'what is applied stays so')
    t.match(await ledger.ledger('quarantine', 'list'), { code: 0, out: /Nothing is quarantined/ })
    t.match(await ledger.ledger('quarantine', 'show', `statements/${HOME}/${broken}`), {
      out: /dismissed JSON_INVALID/,
    })
    t.match(await ledger.ledger('explain', 'strayed'), { code: 0, out: /strayed: irn-rus\.uav FACT DENY/ })
    t.match(await ledger.ledger('quarantine', 'show', 'nowhere/1/2'), { code: 2 })
    t.match(await ledger.ledger('retire', '1'), { code: 1, err: /is live/ })
    t.match(await ledger.ledger('retire', '77'), { code: 1, err: /no generation 77/ })
  })

  await t.test('status tells generations, lag and what is blocked', async (t) => {
    t.match(await ledger.ledger('status'), { code: 0, out: /Generation 1 is 0 records behind\./ })
    t.match(JSON.parse((await ledger.ledger('status', '--json')).out), {
      live: 1,
      lag: 0,
      endsFrom: 'kafka',
      generations: [{ id: 1, status: 'live', reducer: 'built-in', exists: true }],
      blocked: { quarantined: 0, pending: 1, waiting: 0, staleTracks: 0 },
    })
  })

  await t.test('and a replay decides alike', async (t) => {
    const { code, err } = await ledger.ledger('replay')
    t.equal(code, 0, err)
  })
})

/** An intake on the same topics, as options of a command. */
async function intakeOf(t: Test, ledger: RunningLedger): Promise<string[]> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-commands-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const { intake, key } = await startIntake(t, { ...ledger.env, INTAKE_BOOTSTRAP_KEY_FILE: path.join(dir, 'key') })
  const url = await intake.app.listen({ host: '127.0.0.1', port: 0 })
  return ['--intake', url, '--key', key]
}
