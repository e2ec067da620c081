/** Only one replay at a time; held by the session, so that it goes with the process. */
export const TRY_REPLAY_LOCK = `select pg_try_advisory_lock(7302, 0) as locked`

/** What was begun and is not ready: at most one, by the lock. */
export const FIND_UNFINISHED = `
  select replay.generation,
         generation.schema_name as "schemaName",
         generation.reducer,
         replay.source,
         replay.reducer_module as "reducerModule",
         replay.phase
    from ledger.replay
    join ledger.generation on generation.id = replay.generation
   where generation.status = 'building'
     and replay.phase <> 'ready'
   order by replay.generation
   limit 1`

export const NEXT_GENERATION = `select coalesce(max(id), 0) + 1 as id from ledger.generation`

export const INSERT_REPLAY = `
  insert into ledger.replay (generation, source, reducer_module, phase)
  values ($1, $2, $3, 'loading')`

/** The bulk is what the live generation has read by now: all of it is in the journal. */
export const INSERT_PARTS = `
  insert into ledger.replay_part (generation, topic, partition, until_offset, recorded_at)
  select $1, checkpoint.topic, checkpoint.partition, checkpoint.next_offset, checkpoint.recorded_at
    from ledger.generation
    join ledger.checkpoint on checkpoint.generation = generation.id
   where generation.status = 'live'`

export const SET_PHASE = `
  update ledger.replay
     set phase = $2
   where generation = $1`

/** The largest first, so that no worker is left alone with it at the end. */
export const LIST_PARTS = `
  select replay_part.topic,
         replay_part.partition,
         replay_part.until_offset as "until",
         replay_part.recorded_at as "recordedAt",
         coalesce(checkpoint.next_offset >= replay_part.until_offset, false) as "done"
    from ledger.replay_part
    left join ledger.checkpoint using (generation, topic, partition)
   where replay_part.generation = $1
   order by replay_part.until_offset desc, replay_part.topic, replay_part.partition`

/** A part is loaded: what it holds and that it holds it are committed together. */
export const INSERT_CHECKPOINT = `
  insert into ledger.checkpoint (generation, topic, partition, next_offset, recorded_at)
  select generation, topic, partition, until_offset, recorded_at
    from ledger.replay_part
   where generation = $1
     and topic = $2
     and partition = $3`

/**
 * Event ids of records that do not own them, and the record that does, if any. Whoever does not own its id was not applied,
 * so it stands among the outcomes.
 */
export const EXCEPTIONAL_IDS = (liveSchema: string): string => `
  select distinct on (outcome.event_id)
         outcome.event_id as "eventId",
         event_identity.topic,
         event_identity.partition,
         event_identity.record_offset as "offset"
    from ${liveSchema}.outcome
    left join ledger.event_identity using (event_id)
   where outcome.event_id is not null
     and (outcome.topic, outcome.partition, outcome.record_offset)
      is distinct from (event_identity.topic, event_identity.partition, event_identity.record_offset)`

/** Why records could not be read at all: the journal has no value of theirs, so this is not to be found out again. */
export const UNREADABLE_RECORDS = (liveSchema: string): string => `
  select topic,
         partition,
         record_offset as "offset",
         detail
    from ${liveSchema}.outcome
   where code = 'RECORD_UNREADABLE'`

export const DROP_GENERATION = (schemaName: string): string => `drop schema if exists ${schemaName} cascade`

export const FORGET_GENERATION = `
  with forgotten as (
    delete from ledger.checkpoint
     where generation = $1
  ), gone as (
    delete from ledger.replay
     where generation = $1
  )
  update ledger.generation
     set status = 'retired'
   where id = $1`

/** How far the live generation is ahead, in records. */
export const COUNT_BEHIND = `
  select coalesce(sum(live.next_offset - coalesce(own.next_offset, 0)), 0)::bigint as behind
    from ledger.generation
    join ledger.checkpoint as live on live.generation = generation.id
    left join ledger.checkpoint as own
      on own.generation = $1
     and own.topic = live.topic
     and own.partition = live.partition
   where generation.status = 'live'`
