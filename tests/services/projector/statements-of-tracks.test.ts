import t from 'tap'
import { textColumn } from '#libs/postgres/text-columns.js'
import { LOAD_STATEMENTS_OF_TRACKS } from '#services/projector/statements/statements.sql.js'
import { registryRecords, statementRecords } from '#tests/bench/events/bench-events.js'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { openTestProjector } from './project-log.js'
import { Log, partitionOf } from './records.js'

t.teardown(dropTemplate)
t.setTimeout(120_000) // a bound for a busy machine

/** Enough that an index is cheaper than reading the table; one in twenty-five speaks for two actors. */
const EVENTS = 8_000

t.test('a track is loaded with all its statements, whichever of their actors it is of, by an index', async (t) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  for (const { key, value } of registryRecords()) log.put('registry', 0, key, value)
  await projector.project(log.records.splice(0))
  for (const { key, value } of statementRecords(EVENTS))
    log.put('statements', partitionOf('statements', key), key, value)
  await projector.project(log.records)
  await projector.rows('analyze')
  const tracks = await projector.rows('select actor, dossier from track order by actor, dossier limit 400')
  const columns = [
    textColumn(tracks.map(({ actor }) => String(actor))),
    textColumn(tracks.map(({ dossier }) => String(dossier))),
  ]

  const found = await projector.rows(
    `select actor, dossier, state::json ->> 'id' as id from (${LOAD_STATEMENTS_OF_TRACKS}) as found order by 1, 2, 3`,
    columns,
  )
  const meant = await projector.rows(
    `select track.actor, track.dossier, statement.id
       from (select actor, dossier from track order by actor, dossier limit 400) as track
       join statement on statement.dossier = track.dossier and track.actor = any(statement.actors)
      order by 1, 2, 3`,
  )
  t.same(found, meant)
  const [several] = await projector.rows('select count(*)::int as n from statement where cardinality(actors) > 1')
  t.ok(Number(several?.['n']) > 50, `${String(several?.['n'])} speak for several`)

  const lines = await projector.rows(`explain ${LOAD_STATEMENTS_OF_TRACKS}`, columns)
  const plan = lines.map((line) => String(line['QUERY PLAN'])).join('\n')
  t.match(plan, /using statement_by_track|on statement_by_track/)
  t.match(plan, /on statement_of_several/)
  t.notMatch(plan, /Seq Scan on statement/)
})
