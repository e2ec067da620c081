import { unnestColumns } from '#libs/postgres/text-columns.js'

/** Where a generation stands, and its epoch: see ledger.generation. Without an id: the one that is live. */
export const READ_CHECKPOINTS = `
  select generation.id as "generation",
         generation.schema_name as "schemaName",
         generation.reducer,
         checkpoint.topic,
         checkpoint.partition,
         checkpoint.next_offset as "nextOffset",
         checkpoint.recorded_at as "recordedAt",
         generation.epoch
    from ledger.generation
    left join ledger.checkpoint on checkpoint.generation = generation.id
   where case when $1::int is null then generation.status = 'live' else generation.id = $1 end`

/** Partitions that this generation never read start at their beginning. */
export const CREATE_CHECKPOINTS = `
  insert into ledger.checkpoint (generation, topic, partition, next_offset)
  select $1, topic, partition, 0
    from ${unnestColumns(['text', 'int'], 2)} as wanted (topic, partition)
  on conflict (generation, topic, partition) do nothing`

/**
 * Moves checkpoints that still stand where we left them, and tells whoever waits for them how far they are:
 * `{"generation":1,"moved":{"statements/3":"1234"}}`, at most some 25 partitions. Fewer rows back than sent:
 * another projector moved one, and this batch must be rolled back. In the order of the key, so that two projectors
 * never wait for each other.
 */
export const ADVANCE_CHECKPOINTS = `
  with moved as (
    select topic,
           partition,
           expected,
           next_offset,
           recorded_at
      from ${unnestColumns(['text', 'int', 'bigint', 'bigint', 'timestamptz'], 2)}
        as moved (topic, partition, expected, next_offset, recorded_at)
     order by topic, partition
  ), advanced as (
    update ledger.checkpoint
       set next_offset = moved.next_offset,
           recorded_at = moved.recorded_at
      from moved
     where checkpoint.generation = $1
       and checkpoint.topic = moved.topic
       and checkpoint.partition = moved.partition
       and checkpoint.next_offset = moved.expected
    returning moved.topic || '/' || moved.partition as place,
              moved.next_offset::text as next_offset
  )
  select count(*)::int as "advanced",
         pg_notify('ledger_checkpoint', json_build_object(
           'generation', $1::int,
           'moved', json_object_agg(place, next_offset)
         )::text)
    from advanced`

/** Tells every projector to forget its folded tracks: this transaction writes to tracks of partitions other than its own. */
export const MOVE_EPOCH = `
  update ledger.generation
     set epoch = epoch + 1
   where id = $1
  returning epoch`

/**
 * Statements against the registry: many batches of statements at once, or one of registry events. Of one generation;
 * all batches of whichever generation is live share the lock 0, so that a promotion, which takes it alone, falls
 * between two batches.
 */
export const LOCK_REGISTRY_SHARED = `select pg_advisory_xact_lock_shared(7301, $1)`
export const LOCK_REGISTRY_EXCLUSIVE = `select pg_advisory_xact_lock(7301, $1)`

/** $1: for how many milliseconds they have waited for their client, in the middle of a statement. */
export const END_STUCK_SESSIONS = `
  select pg_terminate_backend(lock.pid) as "ended"
    from pg_locks as lock
    join pg_stat_activity as session using (pid)
   where lock.locktype = 'advisory'
     and lock.classid = 7301
     and lock.objsubid = 2
     and lock.granted
     and session.datname = current_database()
     and session.usename = current_user
     and session.pid <> pg_backend_pid()
     and session.state = 'active'
     and session.wait_event = 'ClientRead'
     and session.query_start < clock_timestamp() - make_interval(secs => $1::float8 / 1000)`
