/** All generations there ever were, with the records that each has read. */
export const LIST_GENERATIONS = `
  select generation.id,
         generation.status,
         generation.reducer,
         generation.created_at as "createdAt",
         generation.promoted_at as "promotedAt",
         to_regnamespace(generation.schema_name) is not null as exists,
         replay.phase,
         replay.source,
         (select coalesce(sum(next_offset), 0) from ledger.checkpoint where checkpoint.generation = generation.id) as records
    from ledger.generation
    left join ledger.replay on replay.generation = generation.id
   order by generation.id`

/** Where the live generation stands, beside the ends of the topics as they were last noted. */
export const LIST_LIVE_CHECKPOINTS = `
  select checkpoint.topic,
         checkpoint.partition,
         checkpoint.next_offset as "nextOffset",
         checkpoint.recorded_at as "recordedAt",
         end_offset.end_offset as "endOffset"
    from ledger.generation
    join ledger.checkpoint on checkpoint.generation = generation.id
    left join ledger.end_offset using (topic, partition)
   where generation.status = 'live'
   order by checkpoint.topic, checkpoint.partition`

export const OUTBOX_BACKLOG = `
  select count(*)::int as rows,
         coalesce(sum(message_count), 0)::int as messages
    from ledger.outbox
   where published_at is null`

/** In the live generation, by its search path. */
export const COUNT_BLOCKED = `
  select count(*) filter (where outcome = 'quarantined')::int as quarantined,
         count(*) filter (where outcome = 'pending')::int as pending,
         count(*) filter (where outcome = 'waiting')::int as waiting,
         (select count(*)::int from track where stale_code is not null) as "staleTracks"
    from outcome
   where outcome in ('quarantined', 'pending', 'waiting')`

export const LIST_STALE_TRACKS = `
  select actor,
         dossier,
         stale_code as code
    from track
   where stale_code is not null
   order by dossier, actor
   limit 50`

/** Replays and promotions hold it: what they work on must not be dropped beneath them. */
export const TRY_REPLAY_LOCK = `select pg_try_advisory_lock(7302, 0) as locked`

/** Its number is kept, and never given again. */
export const RETIRE_GENERATION = `
  with forgotten as (
    delete from ledger.checkpoint
     where generation = $1
  ), gone as (
    delete from ledger.replay
     where generation = $1
  )
  update ledger.generation
     set status = 'retired'
   where id = $1
     and status <> 'live'`
