/** In the live generation, by its search path. Records of the registry that had an effect, in order. */
export const REGISTRY_RECORDS = `
  select to_char(journal.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt",
         journal.record_value as value
    from ledger.journal
    join ledger.generation on generation.status = 'live'
    join ledger.checkpoint
      on checkpoint.generation = generation.id
     and checkpoint.topic = 'registry'
     and checkpoint.partition = 0
    left join outcome
      on outcome.topic = journal.topic
     and outcome.partition = journal.partition
     and outcome.record_offset = journal.record_offset
   where journal.topic = 'registry'
     and journal.partition = 0
     and journal.record_offset < checkpoint.next_offset
     and journal.record_value is not null
     and coalesce(outcome.outcome, 'applied') not in ('quarantined', 'duplicate', 'dismissed')
   order by journal.record_offset`

export const FIND_STATEMENT = `
  select state,
         actors
    from statement
   where id = $1`

/** What became of events on a statement that is not there, or not as one would think. */
export const OUTCOMES_OF_STATEMENT = `
  select topic,
         partition,
         record_offset as "offset",
         outcome,
         type,
         code,
         missing
    from outcome
   where names @> array[$1]::text[]
   order by topic, partition, record_offset
   limit 100`

export const STATEMENTS_OF_TRACK = `
  select state
    from statement
   where dossier = $1
     and actors @> array[$2]::text[]`

export const FIND_DOSSIER_OF_MATTER = `
  select dossier
    from registry_entity
   where kind = 'matter'
     and id = $1`
