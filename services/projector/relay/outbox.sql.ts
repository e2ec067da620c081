/** Nobody else numbers or publishes while the session that holds this lives. */
export const TRY_TO_LEAD = `select pg_try_advisory_lock(7301200) as "leads"`

/**
 * Postgres lets the lock of a leader whose machine has vanished go within some 11 seconds, not two hours; and what the
 * relay has committed is on disk before it publishes, whatever the default.
 */
export const PREPARE_SESSION = `
  set tcp_keepalives_idle = 5;
  set tcp_keepalives_interval = 2;
  set tcp_keepalives_count = 3;
  set synchronous_commit = on;
  listen ledger_checkpoint`

/** Gives the oldest waiting rows their places and numbers, up to bounds: $1 rows, $2 bytes, but always one. */
export const TAKE_ROWS = `
  with waiting as (
    select id,
           topic,
           message_count,
           octet_length(messages) as bytes
      from ledger.outbox
     where published_at is null
       and sequence is null
     order by id
     limit $1
  ), measured as (
    select id,
           row_number() over rows_so_far as place,
           case when topic = 'changes' then message_count else 0 end as numbers,
           topic,
           sum(bytes) over rows_so_far as bytes_so_far
      from waiting
    window rows_so_far as (order by id)
  ), taken as (
    select id,
           place,
           topic,
           numbers,
           sum(numbers) over (order by id) as numbers_so_far
      from measured
     where place = 1
        or bytes_so_far <= $2
  ), moved as (
    update ledger.relay
       set last_sequence = last_sequence + (select max(place) from taken),
           last_number = last_number + (select max(numbers_so_far) from taken)
     where exists (select from taken)
    returning last_sequence, last_number
  )
  update ledger.outbox
     set sequence = moved.last_sequence - (select max(place) from taken) + taken.place,
         first_number = case when taken.topic = 'changes' then
           moved.last_number - (select max(numbers_so_far) from taken) + taken.numbers_so_far - taken.numbers + 1
         end
    from taken, moved
   where outbox.id = taken.id
  returning outbox.id,
            outbox.topic,
            outbox.sequence,
            outbox.first_number as "firstNumber",
            outbox.created_at as "createdAt",
            outbox.messages`

/** Rows that an earlier leader had numbered and not published; $1: those after this sequence; $2 rows, $3 bytes. */
export const TAKE_NUMBERED_ROWS = `
  with waiting as (
    select id,
           sequence,
           row_number() over rows_so_far as place,
           sum(octet_length(messages)) over rows_so_far as bytes_so_far
      from (
        select id,
               sequence,
               messages
          from ledger.outbox
         where published_at is null
           and sequence > $1
         order by sequence
         limit $2
      ) as numbered
    window rows_so_far as (order by sequence)
  )
  select outbox.id,
         outbox.topic,
         outbox.sequence,
         outbox.first_number as "firstNumber",
         outbox.created_at as "createdAt",
         outbox.messages
    from waiting
    join ledger.outbox on outbox.id = waiting.id
   where waiting.place = 1
      or waiting.bytes_so_far <= $3
   order by outbox.sequence`

export const MARK_PUBLISHED = `
  update ledger.outbox
     set published_at = now()
   where id = any($1::bigint[])
     and published_at is null`

/**
 * What the topics have is published, what they have not is not. $1 and $2 are the last sequences of positions and changes.
 * From $3 on, the first of the last transaction, some partitions may lack their part: all of it is gone through again.
 */
export const MARK_AS_TOPICS_HAVE = `
  with found as (
    update ledger.outbox
       set published_at = now()
     where published_at is null
       and sequence < $3
       and sequence <= case topic when 'positions' then $1::bigint else $2::bigint end
    returning 1
  ), again as (
    update ledger.outbox
       set published_at = null
     where published_at is not null
       and sequence > least($1::bigint, $2::bigint, $3::bigint - 1)
       and (sequence >= $3 or sequence > case topic when 'positions' then $1::bigint else $2::bigint end)
    returning sequence > case topic when 'positions' then $1::bigint else $2::bigint end as lost
  )
  select (select count(*)::int from found) as "found",
         (select count(*)::int from again where lost) as "lost"`

/** Goes on behind what the topics have. A row back: it was further than this database knew. */
export const MOVE_BEHIND_TOPICS = `
  update ledger.relay
     set last_sequence = greatest(last_sequence, $1),
         last_number = greatest(last_number, $2)
   where last_sequence < $1
      or last_number < $2
  returning last_sequence`

/** How much waits, counted up to a bound, and since when. */
export const READ_BACKLOG = `
  select count(*)::int as "rows",
         coalesce(sum(message_count), 0)::int as "messages",
         coalesce(extract(epoch from now() - min(created_at)) * 1000, 0)::float8 as "oldestMs"
    from (
      select message_count,
             created_at
        from ledger.outbox
       where published_at is null
       order by id
       limit 10000
    ) as waiting`

/** Rows of positions that nobody reads again: $1 hours after publication, $2 at a time. */
export const DELETE_OLD_POSITIONS = `
  delete from ledger.outbox
   where id in (
     select id
       from ledger.outbox
      where topic = 'positions'
        and published_at < now() - make_interval(secs => $1::float8 * 3600)
      order by published_at
      limit $2
   )`
