/**
 * Of a row: another one after each change of it. The transaction that wrote it would do, but that a database which is
 * restored counts its transactions anew.
 */
const VERSION = `xmin::text || '.' || cardinality(applied_records)`

/** States by id. */
export const STATES_OF_STATEMENTS = (schema: string): string => `
select id,
       state
  from ${schema}.statement
 where id = any($1)`

/** States of the statements that count in tracks now. A null filter lets all through. */
export const CURRENT_STATES = (schema: string): string => `
select id,
       ${VERSION} as version
  from ${schema}.statement
 where actors <> '{}'
   and ($1::text is null or actors @> array[$1::text])
   and ($2::text[] is null or dossier = any($2))
   and ($3::date is null or published_earliest <= $3::date)
 limit $4`

/** As the index statement_awaited has it: an event that names the statement came before the one that recorded it. */
const AWAITED = `cardinality(applied_records) > 1 and ledger.was_awaited(applied_records)`

/**
 * Statements that may have counted in an actor's tracks at an instant: those that it has now, those that were amended
 * since, whoever they were of, and (without a version) those that were awaited then: recorded since, after an event that
 * names them. Each branch has its index; a statement may be in two.
 */
export const KNOWN_STATES_OF_ACTOR = (schema: string): string => `
select id,
       ${VERSION} as version,
       last_recorded_at > $1::timestamptz as amended
  from ${schema}.statement
 where recorded_at <= $1::timestamptz
   and ($2::text[] is null or dossier = any($2))
   and actors && $3
 union all
select id,
       ${VERSION} as version,
       true
  from ${schema}.statement
 where recorded_at <= $1::timestamptz
   and ($2::text[] is null or dossier = any($2))
   and last_recorded_at > $1::timestamptz
   and last_recorded_at <> recorded_at
 union all
select id,
       null,
       true
  from ${schema}.statement
 where recorded_at > $1::timestamptz
   and ($2::text[] is null or dossier = any($2))
   and ${AWAITED}
 limit $4`

/** Statements of an instant that now refer to what was not registered then: they waited for it, whoever they are of now. */
export const STATES_THAT_WAITED = (schema: string): string => `
select id,
       ${VERSION} as version,
       true as amended
  from ${schema}.statement
 where recorded_at <= $1::timestamptz
   and ($2::text[] is null or dossier = any($2))
   and (speaker = any($3)
        or actors && $3
        or office = any($4)
        or matters && $5)
 limit $6`

/** The same for all actors of some dossiers. */
export const KNOWN_STATES_OF_DOSSIERS = (schema: string): string => `
select id,
       ${VERSION} as version,
       last_recorded_at > $1::timestamptz as amended
  from ${schema}.statement
 where recorded_at <= $1::timestamptz
   and dossier = any($2)
 union all
select id,
       null,
       true
  from ${schema}.statement
 where recorded_at > $1::timestamptz
   and dossier = any($2)
   and ${AWAITED}
 limit $3`

/** Records that name any of the statements, by an instant; a refused one has an outcome of its own. */
export const RECORDS_OF_STATEMENTS = (schema: string): string => `
with places as (
  select split_part(place, '.', 1)::int as partition,
         split_part(place, '.', 2)::bigint as record_offset
    from ${schema}.statement, unnest(applied_records) as place
   where id = any($1)
   union
  select partition, record_offset
    from ${schema}.outcome
   where topic = 'statements'
     and names && $1
     and outcome <> 'duplicate'
)
select journal.partition,
       journal.record_offset::text as "offset",
       to_char(journal.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt",
       journal.record_value as "value",
       outcome.outcome
  from places
  join ledger.journal
    on journal.topic = 'statements'
   and journal.partition = places.partition
   and journal.record_offset = places.record_offset
  left join ${schema}.outcome
    on outcome.topic = 'statements'
   and outcome.partition = places.partition
   and outcome.record_offset = places.record_offset
 where journal.recorded_at <= $2::timestamptz
 order by journal.partition, journal.record_offset`

/** Partitions of what the fold reads that may still have records from before an instant, or from it. */
export const PARTITIONS_BEHIND = `
select checkpoint.topic,
       checkpoint.partition,
       to_char(checkpoint.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt"
  from ledger.checkpoint
  left join ledger.end_offset
    on end_offset.topic = checkpoint.topic
   and end_offset.partition = checkpoint.partition
 where checkpoint.generation = $1
   and checkpoint.topic in ('registry', 'statements')
   and not coalesce(checkpoint.recorded_at > $2::timestamptz, false)
   and not coalesce(end_offset.fetched_at > $2::timestamptz
                    and checkpoint.next_offset >= end_offset.end_offset, false)
 order by checkpoint.topic, checkpoint.partition`
