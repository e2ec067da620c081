/** In the live generation, by its search path; the statements that wait behind each are counted by name. */
export const LIST_BLOCKED = `
  select topic,
         partition,
         record_offset as "offset",
         recorded_at as "recordedAt",
         outcome,
         code,
         type,
         subject,
         event_id as "event",
         detail,
         missing
    from outcome
   where outcome = any($1)
   order by topic, partition, record_offset
   limit $2`

export const SHOW_RECORD = `
  select journal.topic,
         journal.partition,
         journal.record_offset as "offset",
         journal.recorded_at as "recordedAt",
         journal.record_key as "key",
         journal.record_value as "value",
         encode(journal.raw_value, 'base64') as "rawValueBase64",
         coalesce(outcome.outcome, 'applied') as outcome,
         outcome.event_id as "event",
         outcome.type,
         outcome.subject,
         outcome.code,
         outcome.detail,
         outcome.pointer,
         outcome.missing,
         outcome.names
    from ledger.journal
    left join outcome using (topic, partition, record_offset)
   where journal.topic = $1
     and journal.partition = $2
     and journal.record_offset = $3`

/** Later events of the statements that it names. */
export const LIST_WAITING_BEHIND = `
  select partition,
         record_offset as "offset",
         type,
         subject
    from outcome
   where topic = $1
     and partition = $2
     and record_offset > $3
     and outcome = 'waiting'
     and names && $4::text[]
   order by record_offset
   limit 100`
