import { unnestColumns } from '#libs/postgres/text-columns.js'

/**
 * `is true` keeps the planner from going through all blocked records where it is to look them up by what they name: while none
 * or few are blocked that looks cheap, and once there are thousands it takes a second.
 */
const IS_BLOCKED = `(outcome.outcome in ('pending', 'waiting', 'quarantined')) is true`

/**
 * The blocked records of one name. `offset 0` keeps the planner from making it one join with all names, in which it would go
 * through the whole table for each while nothing is known of its size.
 */
const BLOCKED_BY_NAME = `(
        select topic,
               partition,
               record_offset,
               names
          from outcome
         where names @> array[named.name]
           and ${IS_BLOCKED}
        offset 0
      )`

/**
 * All blocked records that have to do with some statements, arrivals or places: those that name one of the statements
 * or wait for one of the arrivals, and, since these may name other statements too, whatever those connect to. It goes from
 * name to name, each once: hundreds may wait for one statement, and from record to record each would find all the others.
 */
export const FIND_BLOCKED = `
  with recursive seed as (
    select topic,
           partition,
           record_offset,
           names
      from outcome
     where (outcome = 'pending') is true
       and missing && string_to_array($2, chr(31))
    union
    select outcome.topic,
           outcome.partition,
           outcome.record_offset,
           outcome.names
      from ${unnestColumns(['text', 'int', 'bigint'], 3)} as place (topic, partition, record_offset)
      join outcome
        on outcome.topic = place.topic
       and outcome.partition = place.partition
       and outcome.record_offset = place.record_offset
     where ${IS_BLOCKED}
  ), named (name) as (
    select unnest(string_to_array($1, chr(31)))
    union
    select unnest(names)
      from seed
    union
    select other.name
      from named
     cross join lateral ${BLOCKED_BY_NAME} as blocked
     cross join unnest(blocked.names) as other (name)
     where cardinality(blocked.names) > 1
  ), connected as (
    select topic,
           partition,
           record_offset
      from seed
    union
    select blocked.topic,
           blocked.partition,
           blocked.record_offset
      from named
     cross join lateral ${BLOCKED_BY_NAME} as blocked
  )
  select outcome.topic,
         outcome.partition,
         outcome.record_offset as "offset",
         outcome.outcome,
         outcome.code,
         outcome.detail,
         outcome.pointer,
         outcome.missing
    from connected
    join outcome using (topic, partition, record_offset)`

/** Whether any record is blocked at all: nearly always none is, and then nothing need be looked up. */
export const ANY_BLOCKED = `
  select exists (
    select
      from outcome
     where outcome in ('pending', 'waiting', 'quarantined')
  ) as "any"`

export const DELETE_OUTCOMES = `
  delete from outcome
   using ${unnestColumns(['text', 'int', 'bigint'])} as place (topic, partition, record_offset)
   where outcome.topic = place.topic
     and outcome.partition = place.partition
     and outcome.record_offset = place.record_offset`
