/** States of the statements that count in tracks now. A null filter lets all through. */
export const CURRENT_STATES = (schema: string): string => `
select state
  from ${schema}.statement
 where actors <> '{}'
   and ($1::text is null or actors @> array[$1::text])
   and ($2::text[] is null or dossier = any($2))
   and ($3::date is null or published_earliest <= $3::date)
 limit $4`

/**
 * Statements that may have counted in a track at an instant: those of the actors, those that were amended since, whoever
 * they were of, and those that now refer to what was not registered yet.
 */
export const KNOWN_STATES = (schema: string): string => `
select id,
       state,
       last_recorded_at > $1::timestamptz as amended
  from ${schema}.statement
 where recorded_at <= $1::timestamptz
   and ($2::text[] is null or dossier = any($2))
   and (last_recorded_at > $1::timestamptz
        or ($3::text[] is null and actors <> '{}')
        or actors && $3
        or speaker = any($4)
        or actors && $4
        or office = any($5)
        or matters && $6)
 limit $7`

/**
 * Statements recorded after an instant that earlier events had named already: those were pending then, and held up what
 * came behind them. The first of a statement's records is the one that recorded it; an event with a lower offset came
 * before it.
 */
export const AWAITED_STATEMENTS = (schema: string): string => `
select id
  from ${schema}.statement
 where recorded_at > $1::timestamptz
   and ($2::text[] is null or dossier = any($2))
   and cardinality(applied_records) > 1
   and exists (
     select
       from unnest(applied_records) as place
      where split_part(place, '.', 2)::bigint < split_part(applied_records[1], '.', 2)::bigint)`

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
