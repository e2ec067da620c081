/**
 * Registry records that the read models have read, in order. What the projector refused (a wrong partition, an id that
 * another topic had used) has no effect here; what it found pending is decided again by the reducer.
 */
export const REGISTRY_RECORDS = (schema: string): string => `
select journal.record_offset,
       to_char(journal.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded_at,
       journal.record_value
  from ledger.journal
  left join ${schema}.outcome
    on outcome.topic = journal.topic
   and outcome.partition = journal.partition
   and outcome.record_offset = journal.record_offset
 where journal.topic = 'registry'
   and journal.partition = 0
   and journal.record_offset >= $1
   and journal.record_offset < $2
   and journal.record_value is not null
   and outcome.outcome is distinct from 'quarantined'
   and outcome.outcome is distinct from 'duplicate'
   and outcome.outcome is distinct from 'dismissed'
 order by journal.record_offset
 limit $3`
