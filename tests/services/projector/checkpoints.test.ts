import t from 'tap'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { CheckpointLost, Halted } from '#services/projector/checkpoints/halt.js'
import { evidence, smallRegistry, statement } from './world.js'
import { openTestProjector } from './project-log.js'
import { event, Log, partitionOf } from './records.js'

t.teardown(dropTemplate)
const WAR = partitionOf('statements', 'war')

t.test('records that are delivered again are dropped, whether whole batches or overlaps', async (t) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  await projector.project(log.append(...smallRegistry()))
  const records = log.append(statement('s1'), statement('s2'), statement('s3'), statement('s4'))
  await projector.project(records.slice(0, 3))
  t.same(
    (await projector.project(records.slice(0, 3))).map(({ recordCount }) => recordCount),
    [0],
  )
  t.same(
    (await projector.project(records.slice(1))).map(({ recordCount }) => recordCount),
    [1],
  )
  t.same(await projector.rows('select count(*)::int as n from statement'), [{ n: 4 }])
  t.same(
    await projector.rows(`select next_offset from ledger.checkpoint where topic = 'statements' and partition = $1`, [
      WAR,
    ]),
    [{ next_offset: 4 }],
  )
})

t.test('a gap halts, and so does a record that is not the one in the journal', async (t) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  await projector.project(log.append(...smallRegistry()))
  const [first, second, third] = log.append(statement('s1'), statement('s2'), statement('s3'))
  await projector.project([first!])
  await t.rejects(projector.project([third!]), Halted)
  await t.rejects(projector.project([{ ...second!, offset: 0 }]), Halted)
  await projector.project([second!, third!])
  t.same(await projector.rows('select count(*)::int as n from statement'), [{ n: 3 }])
})

t.test('offsets that control records take are no gap', async (t) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  await projector.project(log.append(...smallRegistry()))
  const [first, second] = log.append(statement('s1'), statement('s2'))
  await projector.project([first!, { ...second!, offset: 2, coversFrom: 1 }])
  t.same(await projector.rows('select count(*)::int as n from statement'), [{ n: 2 }])
})

t.test(
  'of two projectors with one partition, one commits; what the other had folded in memory does not count',
  async (t) => {
    await using database = await testDatabase()
    await using mine = await openTestProjector(database.config)
    await using theirs = await openTestProjector(database.config)
    const log = new Log()
    await mine.project(log.append(...smallRegistry()))
    const first = log.append(statement('s1'), statement('s2', { day: '2022-11-01', value: 'AFFIRM' }))
    const results = await Promise.allSettled([mine.project(first), theirs.project(first)])
    const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
    for (const error of lost) t.ok(error instanceof CheckpointLost || 'code' in error, error.message)
    await mine.project(log.append(evidence('s1', '2022-10-18')))
    await theirs.project(log.append(statement('s3', { day: '2022-12-01' })))
    await mine.project(log.append(statement('s4', { day: '2022-12-05', value: 'ADMIT_PARTIAL' })))
    t.same(await mine.rows(`select kind from change where not revoked order by valid_from, track_order`), [
      { kind: 'INITIAL' },
      { kind: 'REVERSAL' },
      { kind: 'REVERSAL' },
      { kind: 'REVERSAL' },
    ])
    t.same(await mine.rows(`select statements from track`), [{ statements: 4 }])
    t.same(await mine.rows('select count(*)::int as n from ledger.journal'), [{ n: log.records.length }])
  },
)

t.test('a partition that comes back is folded as the other projector has left it', async (t) => {
  await using database = await testDatabase()
  await using mine = await openTestProjector(database.config)
  await using theirs = await openTestProjector(database.config)
  const log = new Log()
  await mine.project(log.append(...smallRegistry(), otherDossier()))
  await mine.project(log.append(statementElsewhere('elsewhere-1')))
  await mine.project(log.append(statement('s1')))
  await theirs.project(log.append(statement('s2', { day: '2022-11-01', value: 'AFFIRM' })))
  // by this batch mine sees where theirs has left the partition, without having followed it there
  await mine.project(log.append(statementElsewhere('elsewhere-2')))
  await mine.project(log.append(statement('s3', { day: '2022-12-01' })))
  t.same(
    await mine.rows(`select kind from change where dossier = 'war' and not revoked order by valid_from, track_order`),
    [{ kind: 'INITIAL' }, { kind: 'REVERSAL' }, { kind: 'REVERSAL' }],
  )
  t.same(await mine.rows(`select statements from track where dossier = 'war'`), [{ statements: 3 }])
})

/** A dossier of another partition. */
const ELSEWHERE = Array.from({ length: 50 }, (_, index) => `dossier-${index}`).find(
  (id) => partitionOf('statements', id) !== WAR,
)!
const otherDossier = () => event('ledger.dossier.registered.v1', ELSEWHERE, { title: 'Elsewhere' })
const statementElsewhere = (id: string) => statement(id, { dossier: ELSEWHERE, act: 'DECLARE', stances: [] })

t.test('instants never go back within a partition', async (t) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  await projector.project(log.append(...smallRegistry()))
  const [first, second] = log.append(statement('s1'), statement('s2'))
  await projector.project([first!])
  await projector.project([{ ...second!, timestampMs: 1_000 }])
  const rows = await projector.rows(
    `select recorded_at from ledger.journal where topic = 'statements' order by record_offset`,
  )
  t.same(rows[1], rows[0])
})
