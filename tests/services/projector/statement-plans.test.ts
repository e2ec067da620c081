import t from 'tap'
import { FIND_BLOCKED } from '#services/projector/outcomes/outcomes.sql.js'
import { FIND_OWNERS } from '#services/projector/records/journal.sql.js'
import {
  LOAD_STATEMENTS,
  LOAD_STATEMENTS_OF_TRACKS,
  UPDATE_STATEMENTS,
} from '#services/projector/statements/statements.sql.js'
import * as tracks from '#services/projector/tracks/tracks.sql.js'
import { registryRecords } from '#tests/bench/events/bench-events.js'
import { dropTemplate, testDatabase } from '#tests/libs/postgres/test-database.js'
import { openTestProjector } from './project-log.js'
import { Log } from './records.js'

t.teardown(dropTemplate)
t.setTimeout(120_000) // a bound for a busy machine

/** What a projector prepares once and then asks with every batch. */
const PREPARED: Readonly<Record<string, string>> = {
  'find-blocked': FIND_BLOCKED,
  'find-owners': FIND_OWNERS,
  'load-statements': LOAD_STATEMENTS,
  'load-statements-of-tracks': LOAD_STATEMENTS_OF_TRACKS,
  'update-statements': UPDATE_STATEMENTS,
  'find-tracks': tracks.FIND_TRACKS,
  'load-positions-of-tracks': tracks.LOAD_POSITIONS,
  'load-changes-of-tracks': tracks.LOAD_CHANGES,
  'load-conflicts-of-tracks': tracks.LOAD_CONFLICTS,
  'update-positions': tracks.UPDATE_POSITIONS,
  'delete-positions': tracks.DELETE_POSITIONS,
  'update-changes': tracks.UPDATE_CHANGES,
  'revoke-changes': tracks.REVOKE_CHANGES,
  'update-conflicts': tracks.UPDATE_CONFLICTS,
  'revoke-conflicts': tracks.REVOKE_CONFLICTS,
}

t.test('what is planned while the tables are empty still goes by an index when they have grown', async (t) => {
  await using database = await testDatabase()
  await using projector = await openTestProjector(database.config)
  const log = new Log()
  for (const { key, value } of registryRecords()) log.put('registry', 0, key, value)
  await projector.project(log.records)
  for (const [name, sql] of Object.entries(PREPARED)) {
    const lines = await projector.rows(`explain (generic_plan) ${sql}`)
    const plan = lines.map((line) => String(line['QUERY PLAN'])).join('\n')
    t.match(plan, /Index/, name)
    t.notMatch(plan, /Seq Scan|Hash Join|Merge Join|outcome_blocked/, name)
    // an index that is read from end to end, once or for each row, is no better
    t.notMatch(plan, /Join Filter|Materialize/, name)
    t.notMatch(plan, /Index (Only )?Scan using .*\n(?! *Index Cond)/, name)
  }
})
