import type { GenerationQuery } from '../reads/snapshot.js'

/** What EventResource is made of; of the aliases `record` (record_outcome) and `journal`. */
export const RECORD_COLUMNS = `
       record.topic,
       record.partition,
       record.record_offset::text as "offset",
       to_char(record.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt",
       record.event_id as "eventId",
       record.type,
       record.subject,
       record.dossier,
       record.outcome,
       record.code,
       record.detail,
       record.pointer,
       record.missing,
       case when record.event_id is null or record.type is null then journal.record_value end as "value"`

/** Every record that carries an event id, the one that owns it first, as far as these read models have read. */
export const READ_EVENT_RECORDS: GenerationQuery = {
  name: 'read-event',
  text: (schema) => `
with places as (
  select topic, partition, record_offset, true as owner
    from ledger.event_identity
   where event_id = $1
   union all
  select topic, partition, record_offset, false
    from ${schema}.outcome
   where event_id = $1
), found as (
  select places.owner,
${RECORD_COLUMNS}
    from (select topic, partition, record_offset, bool_or(owner) as owner
            from places
           group by topic, partition, record_offset) as places
    join ${schema}.record_outcome as record
      on record.topic = places.topic
     and record.partition = places.partition
     and record.record_offset = places.record_offset
    join ledger.journal
      on journal.topic = record.topic
     and journal.partition = record.partition
     and journal.record_offset = record.record_offset
   order by places.owner desc, record.recorded_at, record.partition, record.record_offset
   limit 100
)
select live.id as live,
       found.*
  from (select id from ledger.generation where status = 'live') as live
  left join found on true
 order by found.owner desc, found."recordedAt", found.partition, found."offset"::bigint`,
}

/** Records that were not applied and that an operator may look after, in the order of the log. */
export const LIST_QUARANTINE = (schema: string): string => `
select ${RECORD_COLUMNS}
  from ${schema}.outcome as record
  join ledger.journal
    on journal.topic = record.topic
   and journal.partition = record.partition
   and journal.record_offset = record.record_offset
 where record.outcome = any($1::text[])
   and (record.topic, record.partition, record.record_offset) > ($2, $3::int, $4::bigint)
 order by record.topic, record.partition, record.record_offset
 limit $5`
