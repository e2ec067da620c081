import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { EventOf, EventType } from '#libs/contracts/events.js'
import type { PositionResource } from '#libs/contracts/resources.js'
import { openPool } from '#libs/postgres/database.js'
import { buildApi } from '#services/api/app.js'
import { parseConfig } from '#services/api/config.js'
import { amendedEvents } from '../amended-events.js'
import { evidence, smallRegistry, statement } from '../world.js'
import { runLedger, type RunningLedger } from './running-ledger.js'

const WORLD = { actors: 5, dossiers: 6, mattersPerDossier: 4 }
const FOLD = fileURLToPath(new URL('../../../../libs/ledger/fold-track.js', import.meta.url))

t.test('a wrong reducer is built, compared, refused and retired; the live generation is not touched', async (t) => {
  const ledger = await filledLedger(t)
  const live = await ledger.modelOf(1)
  const module = reducerModule(
    t,
    'wrong.mjs',
    `({ ...fold, positions: fold.positions.filter((p) => p.facet !== 'NORM') })`,
  )
  const built = await ledger.ledger('replay', '--reducer', module, '--json')
  t.equal(built.code, 3, built.err)
  const { generation, reducer } = JSON.parse(built.out) as { generation: number; reducer: string }
  t.match(reducer, /^wrong\.mjs@[0-9a-f]{12}$/)

  const compared = await ledger.ledger('compare', '1', String(generation), '--json')
  t.equal(compared.code, 3, compared.err)
  const lines = compared.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  t.match(lines.at(-1), { kind: 'summary', a: 1, b: generation, equal: false, digest: /^[0-9a-f]{24}$/ })
  t.ok(lines.slice(0, -1).every(({ kind, facet, b }) => kind === 'position' && facet === 'NORM' && b === null))
  t.match((await ledger.ledger('compare', '1', String(generation))).out, /actor +matter +facet/)

  t.match(await ledger.ledger('replay', '--reducer', 'nowhere.mjs'), {
    code: 1,
    err: /^The reducer nowhere\.mjs cannot be read\.\n$/,
  })

  const refused = await ledger.ledger('promote', String(generation))
  t.match(refused, { code: 3, out: /Not promoted/ })
  t.match(await ledger.ledger('promote', String(generation), '--accept-differences', 'x'.repeat(24)), { code: 3 })
  t.match(await ledger.ledger('retire', '1'), { code: 1, err: /is live/ }, 'never the live one')
  t.equal((await ledger.ledger('retire', String(generation))).code, 0)
  t.same(await ledger.modelOf(1), live)
  t.match(await ledger.ledger('status', '--json'), { code: 0, out: /"live":1/ })
})

t.test('a right one is promoted while statements come and positions are read', async (t) => {
  const ledger = await filledLedger(t)
  const built = await ledger.ledger('replay', '--json')
  t.equal(built.code, 0, built.err)
  const { generation } = JSON.parse(built.out) as { generation: number }
  await using load = await startLoad(t, ledger)
  await load.untilPosted(100)
  const promoted = await ledger.ledger('promote', String(generation), '--json')
  t.equal(promoted.code, 0, promoted.err + promoted.out)
  t.match(JSON.parse(promoted.out), {
    generation,
    retired: 1,
    published: { positions: 0, changes: 0 },
    comparison: { equal: true },
  })
  await load.untilPosted(200)
  const { failures, reads } = await load.stop()
  t.same(failures, [], 'every read was answered')
  t.ok(reads > 50, `${reads} reads`)
  await ledger.untilProjected()
  t.equal((await ledger.ledger('replay', '--json')).code, 0, 'nothing was lost, nothing came twice')
  await checkPublished(t, ledger, generation)
})

t.test('accepted differences are published, and only they; no read sees half of both', async (t) => {
  const ledger = await filledLedger(t)
  const module = reducerModule(
    t,
    'no-norms.mjs',
    `({ ...fold, positions: fold.positions.filter((p) => p.facet !== 'NORM') })`,
  )
  await ledger.projector.restart({ REDUCER_MODULES: module })
  const built = await ledger.ledger('replay', '--reducer', module, '--json')
  const { generation, parity } = JSON.parse(built.out) as { generation: number; parity: { digest: string } }
  const norms = await ledger.rows<{ key: string }>(
    `select concat_ws('|', actor, matter, facet) as key from generation_1.position where facet = 'NORM' order by 1`,
  )
  const before = await announced(ledger)
  await using load = await startLoad(t, ledger)
  await load.untilPosted(50)
  const promoted = await ledger.ledger('promote', String(generation), '--accept-differences', parity.digest)
  t.equal(promoted.code, 0, promoted.err + promoted.out)
  t.match(promoted.out, `Published, since they differed: ${norms.length} positions, 0 changes and conflicts.`)
  t.match(promoted.out, /was not started with the reducer no-norms\.mjs@[0-9a-f]{12} \(REDUCER_MODULES\) halts/)
  await load.untilPosted(150)
  const { failures, torn } = await load.stop()
  t.same(failures, [], 'every read was answered')
  t.same(torn, [], 'no read saw half of both')
  const tombstones = (await announced(ledger)).positions
    .slice(before.positions.length)
    .filter(([, body]) => body === null)
    .map(([key]) => key)
  t.same(
    tombstones.sort(),
    norms.map(({ key }) => key),
  )
  await ledger.untilProjected()
  t.same(
    await ledger.rows(`select count(*)::int as n from generation_${generation}.position where facet = 'NORM'`),
    [{ n: 0 }],
    'projectors go on with the accepted reducer',
  )
  await checkPublished(t, ledger, generation)

  await t.test('and back again', async (t) => {
    const compared = await ledger.ledger('compare', String(generation), '1', '--json')
    t.equal(compared.code, 3, compared.err)
    const { digest } = JSON.parse(compared.out.trim().split('\n').at(-1) ?? '') as { digest: string }
    const back = await ledger.ledger('promote', '1', '--accept-differences', digest, '--json')
    t.equal(back.code, 0, back.err + back.out)
    await ledger.publish([evidence('s-1', '2022-10-19')])
    await ledger.untilProjected()
    t.equal((await ledger.ledger('replay', '--json')).code, 0, 'the old one has caught up, and goes on')
    await checkPublished(t, ledger, 1)
  })
})

async function filledLedger(t: Test): Promise<RunningLedger> {
  const ledger = await runLedger(t)
  await ledger.publish([...amendedEvents(WORLD, { count: 300, seed: 3 }), ...smallRegistry(), statement('s-1')])
  await ledger.untilProjected()
  return ledger
}

/** A reducer that makes something else of what the built-in fold gives. @param what expression over `fold` */
function reducerModule(t: Test, name: string, what: string): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'ledger-reducer-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const file = path.join(directory, name)
  writeFileSync(
    file,
    `import { foldTrack as builtIn } from '${pathToFileURL(FOLD).href}'\n` +
      `const changed = (fold) => ${what}\n` +
      `export const foldTrack = (statements, matters) => changed(builtIn(statements, matters))\n`,
  )
  return file
}

interface Load extends AsyncDisposable {
  untilPosted(count: number): Promise<void>
  stop(): Promise<{ failures: string[]; torn: string[]; reads: number }>
}

/** Statements of a dossier of their own, posted without pause, and reads of positions in the others. */
const startLoad = async (t: Test, ledger: RunningLedger): Promise<Load> => {
  const config = parseConfig({ DATABASE_URL: ledger.databaseUrl, LOG_LEVEL: 'silent' })
  const pool = openPool(config.database, { applicationName: 'api tests', onIdleError: () => undefined })
  const api = await buildApi(config, { pool, logger: pino({ level: 'silent' }) })
  t.teardown(() => api.app.close())
  const [failures, torn]: [string[], string[]] = [[], []]
  let [reads, posted, over] = [0, 0, false]
  const norms = new Set<number>()
  const read = async (): Promise<void> => {
    while (!over) {
      const { statusCode, payload } = await api.app.inject({
        method: 'GET',
        url: '/v1/positions?dossier=dossier-1&limit=500',
      })
      if (statusCode !== 200) failures.push(`${statusCode} ${payload}`)
      else
        norms.add(
          (JSON.parse(payload) as { items: PositionResource[] }).items.filter(({ facet }) => facet === 'NORM').length,
        )
      if (norms.size > 2) torn.push(`positions on NORM: ${[...norms].join(', ')}`)
      reads++
      await setTimeout(1)
    }
  }
  const post = async (): Promise<void> => {
    for (let number = 0; !over; number++) {
      await ledger.publish(newStatements(number))
      posted += 10
      await setTimeout(20)
    }
  }
  const running = Promise.all([read(), read(), post()])
  const stop = async () => {
    over = true
    await running
    await pool.end().catch(() => undefined)
    return { failures, torn, reads }
  }
  return {
    stop,
    untilPosted: async (count) => {
      while (posted < count && !over) await setTimeout(20)
    },
    [Symbol.asyncDispose]: async () => {
      if (!over) await stop()
    },
  }
}

const newStatements = (number: number): EventOf<EventType>[] =>
  Array.from({ length: 10 }, (_, index) =>
    statement(`load-${number}-${index}`, {
      day: `2022-11-${String(1 + ((number * 7 + index) % 28)).padStart(2, '0')}`,
      value: index % 3 === 0 ? 'DENY' : 'ADMIT_PARTIAL',
    }),
  )

/** All messages that were ever queued, in their order. */
const announced = async (ledger: RunningLedger) => {
  const rows = await ledger.rows<{ topic: string; messages: string }>(
    'select topic, messages from ledger.outbox order by id',
  )
  const linesOf = (topic: string) =>
    rows
      .filter((row) => row.topic === topic)
      .flatMap(({ messages }) => messages.split('\n').map((line) => JSON.parse(line) as [string, unknown]))
  return {
    positions: linesOf('positions') as [string, PositionResource | null][],
    changes: linesOf('changes') as [string, { announcement: string; change?: Said; conflict?: Said }][],
  }
}

interface Said {
  readonly id: string
  readonly revision: number
  readonly revoked: boolean
}

/** What was published, message by message, comes to exactly what the generation holds; each revision was said once. */
const checkPublished = async (t: Test, ledger: RunningLedger, generation: number): Promise<void> => {
  const { positions, changes } = await announced(ledger)
  const held = await ledger.rows<{ key: string; body: string }>(
    `select concat_ws('|', actor, matter, facet) as key, body from generation_${generation}.position order by 1`,
  )
  const last = new Map(positions)
  t.same(
    [...last].filter(([, body]) => body !== null).sort(([a], [b]) => (a < b ? -1 : 1)),
    held.map(({ key, body }) => [key, JSON.parse(body) as unknown]),
    'the last message on each position is the position',
  )
  const said = changes.flatMap(([, { change, conflict }]) => change ?? conflict ?? [])
  t.equal(new Set(said.map(({ id, revision }) => `${id} ${revision}`)).size, said.length, 'no revision was said twice')
  const latest = new Map(said.map(({ id, revision, revoked }) => [id, `${revision} ${String(revoked)}`]))
  const rows = await ledger.rows<{ id: string; said: string }>(
    `select id, revision || ' ' || revoked as said from generation_${generation}.change
      union all select id, revision || ' ' || revoked from generation_${generation}.conflict`,
  )
  t.same(
    rows.filter(({ id, said }) => latest.get(id) !== said),
    [],
    'the latest revision of each change and conflict is the one that was said',
  )
  t.equal(rows.length, latest.size)
}
