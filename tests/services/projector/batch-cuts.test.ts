import t from 'tap'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import type { IncomingRecord } from '#services/projector/records/incoming-record.js'
import { amendedEvents } from './amended-events.js'
import { randomBy } from './generated-events.js'
import { openTestProjector, type TestProjector } from './project-log.js'
import { foldedFromStates, readModel } from './read-model.js'
import { Log } from './records.js'

t.teardown(dropTemplate)

/** Many short tracks, and a few that are folded in several pieces. */
const WIDE = { actors: 6, dossiers: 4, mattersPerDossier: 7 }
const DENSE = { actors: 2, dossiers: 1, mattersPerDossier: 4 }

/** Consecutive pieces of random size; each may also forget all that is held in memory before it. */
const projectInPieces = async (projector: TestProjector, records: readonly IncomingRecord[], seed: number) => {
  const random = randomBy(seed)
  for (let from = 0; from < records.length;) {
    const size = 1 + Math.floor(random() ** 3 * 200)
    if (random() < 0.1) projector.projection.forget()
    await projector.project(records.slice(from, from + size))
    from += size
  }
}

// another seed: node dist/tests/services/projector/batch-cuts.test.js 17
const seeds = process.argv[2] === undefined ? [1, 2, 3] : [Number(process.argv[2])]
for (const seed of seeds) {
  t.test(`any cut into batches gives the same read model (seed ${seed})`, async (t) => {
    const world = seed % 2 === 0 ? DENSE : WIDE
    const log = new Log()
    log.append(...amendedEvents(world, { count: 500, seed }))
    await using one = await testDatabase()
    await using other = await testDatabase()
    await using atOnce = await openTestProjector(one.config)
    await using inPieces = await openTestProjector(other.config)
    await atOnce.project(log.records)
    await projectInPieces(inPieces, log.records, seed)
    const expected = await readModel(atOnce)
    const found = await readModel(inPieces)
    for (const [name, rows] of Object.entries(expected)) t.same(found[name], rows, name)
    t.comment(
      JSON.stringify(await atOnce.rows('select outcome, code, count(*)::int as n from record_outcome group by 1, 2')),
    )

    const folded = await foldedFromStates(inPieces)
    const positions = (await inPieces.rows('select actor, matter, facet, value, statement_id from position')).map(
      (row) => Object.values(row).join(' '),
    )
    t.same(positions.sort(), folded.positions, 'positions are those of one fold of all statements')
    t.same(
      expected.changes?.map((row) => (row as { id: string }).id),
      folded.changes,
      'and so are the changes',
    )
    t.same(
      expected.conflicts?.map((row) => (row as { id: string }).id),
      folded.conflicts,
      'and the conflicts',
    )
  })
}
