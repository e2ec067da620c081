/** How far the live generation has read, and what in it wants looking after. One row a partition. */
export const READ_STATUS = (schema: string): string => `
select checkpoint.topic,
       checkpoint.partition,
       checkpoint.next_offset::text as "nextOffset",
       to_char(checkpoint.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt",
       (select count(*)::int from ${schema}.outcome where outcome = 'quarantined') as quarantined,
       (select count(*)::int from ${schema}.outcome where outcome in ('pending', 'waiting')) as pending,
       (select count(*)::int from ${schema}.track where stale_code is not null) as "staleTracks"
  from ledger.generation
  left join ledger.checkpoint
    on checkpoint.generation = generation.id
 where generation.status = 'live'
 order by checkpoint.topic, checkpoint.partition`
