import { unnestColumns } from '#libs/postgres/text-columns.js'

/** Statements by id, and the statements that they were merged into. */
export const LOAD_STATEMENTS = `
  with recursive named as (
    select statement.id,
           statement.merged_into
      from ${unnestColumns(['text'])} as wanted (id)
      join statement using (id)
    union
    select statement.id,
           statement.merged_into
      from named
      join statement on statement.id = named.merged_into
  )
  select statement.state,
         statement.actors,
         statement.applied_records as "appliedRecords"
    from named
    join statement using (id)`

const TRACKS = `${unnestColumns(['text', 'text'])} as track (actor, dossier)`

/**
 * The statements of whole tracks: what a refold reads. Those of one actor are found by index statement_by_track, those that
 * speak for several by statement_of_several: a single condition would have to read a whole dossier, or all of an actor. (`is true`
 * keeps the planner from joining by the dossier alone.)
 */
export const LOAD_STATEMENTS_OF_TRACKS = `
  select track.actor,
         track.dossier,
         statement.state
    from ${TRACKS}
    join statement
      on statement.dossier = track.dossier
     and statement.actors[1] = track.actor
   union all
  select track.actor,
         track.dossier,
         statement.state
    from ${TRACKS}
    join statement
      on array_prepend(statement.dossier, statement.actors) @> array[track.dossier, track.actor]
     and cardinality(statement.actors) > 1
     and (statement.dossier = track.dossier and track.actor = any(statement.actors)) is true
     and statement.actors[1] <> track.actor`

/**
 * Statements that an event of the registry may bear on: said in one of the offices, speaking for one of the actors, or
 * spoken by one of them.
 */
export const FIND_STATEMENTS_TOUCHED = `
  select id
    from statement
   where office = any(string_to_array($1, chr(31)))
      or actors && string_to_array($2, chr(31))
      or speaker = any(string_to_array($2, chr(31)))`

/** Arrays come as literals, since a text column holds one text a row. */
export const UPDATE_STATEMENTS = `
  update statement
     set speaker = changed.speaker,
         office = changed.office,
         act = changed.act,
         said_earliest = changed.said_earliest,
         said_latest = changed.said_latest,
         published_earliest = changed.published_earliest,
         matters = changed.matters::text[],
         actors = changed.actors::text[],
         hidden = changed.hidden,
         merged_into = changed.merged_into,
         state = changed.state,
         words = changed.words,
         applied_records = changed.applied_records::text[],
         recorded_at = changed.recorded_at,
         last_recorded_at = changed.last_recorded_at
    from ${unnestColumns([
      ...['text', 'text', 'text', 'text'],
      ...['date', 'date', 'date'],
      ...['text', 'text', 'boolean', 'text', 'text', 'json', 'text', 'timestamptz', 'timestamptz'],
    ])} as changed (
           id, speaker, office, act,
           said_earliest, said_latest, published_earliest,
           matters, actors, hidden, merged_into, state, words, applied_records, recorded_at, last_recorded_at
         )
   where statement.id = changed.id`
