import t from 'tap'
import { partsOf, queryInParts, STATEMENT_ROWS_MAX } from '#libs/postgres/statement-parts.js'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { registryEvents, statementEvents } from './generated-events.js'
import { openTestProjector } from './project-log.js'
import { event, Log } from './records.js'

t.teardown(dropTemplate)
t.setTimeout(120_000) // a bound for a busy machine

t.test('parts are whole, in order and bounded', async (t) => {
  t.same(partsOf([]), [])
  t.same(partsOf([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]])
  t.same(partsOf([1, 2], 2), [[1, 2]])
  const keys = Array.from({ length: 2 * STATEMENT_ROWS_MAX + 1 }, (_, key) => key)
  const asked: number[] = []
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const rows = await queryInParts(projector.client, keys, (part) => {
    asked.push(part.length)
    return Promise.resolve({ rows: part.map((key) => -key) })
  })
  t.same(asked, [STATEMENT_ROWS_MAX, STATEMENT_ROWS_MAX, 1])
  t.same(
    rows,
    keys.map((key) => -key),
  )
})

t.test('a merge that moves more than one statement writes leaves the same as one that came first', async (t) => {
  const world = { actors: 2, dossiers: 1, mattersPerDossier: 2 }
  const count = 3 * STATEMENT_ROWS_MAX
  const statements = statementEvents(world, { count, seed: 3 })
  const merge = event('ledger.actors.merged.v1', 'actor-1', { mergedAway: ['actor-0'] })
  const late = await project([...registryEvents(world)], statements, [merge])
  const early = await project([...registryEvents(world), merge], statements, [])
  const moved = late.rows.filter(({ actors }) => actors === 'actor-1').length
  t.equal(moved, count)
  t.same(late, early)
})

type Events = Parameters<Log['append']>

const project = async (...steps: readonly Events[]) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  for (const events of steps) {
    const from = log.records.length
    for (const one of events) log.append(one)
    if (events.length > 0) await projector.project(log.records.slice(from))
  }
  return {
    rows: await projector.rows(`select id, array_to_string(actors, ' ') as actors from statement order by id`),
    tracks: await projector.rows(
      `select actor, dossier, statements, digest from track where digest <> $1 order by 1, 2`,
      ['0'.repeat(24)],
    ),
    positions: await projector.rows('select actor, matter, facet, body from position order by 1, 2, 3'),
    changes: await projector.rows('select id, actor from change where not revoked order by 1'),
  }
}
