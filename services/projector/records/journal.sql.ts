import { unnestColumns } from '#libs/postgres/text-columns.js'

/** Records of the journal by place: for what is tried again, and to compare what Kafka delivers a second time. */
export const READ_JOURNAL = `
  select journal.topic,
         journal.partition,
         journal.record_offset as "offset",
         journal.recorded_at as "recordedAt",
         journal.record_key as "key",
         journal.record_value as "value",
         journal.raw_key as "rawKey",
         journal.raw_value as "rawValue"
    from ${unnestColumns(['text', 'int', 'bigint'])} as place (topic, partition, record_offset)
    join ledger.journal
      on journal.topic = place.topic
     and journal.partition = place.partition
     and journal.record_offset = place.record_offset`

/** Registry records that this process has not folded yet. */
export const READ_REGISTRY_RECORDS = `
  select topic,
         partition,
         record_offset as "offset",
         recorded_at as "recordedAt",
         record_key as "key",
         record_value as "value",
         raw_key as "rawKey",
         raw_value as "rawValue"
    from ledger.journal
   where topic = 'registry'
     and partition = 0
     and record_offset >= $1
     and record_offset < $2
   order by record_offset
   limit $3`

/** Which records own these event ids. As one scan of the index, in its order: a join would go down the tree for each of them. */
export const FIND_OWNERS = `
  select event_id as "eventId",
         topic,
         partition,
         record_offset as "offset"
    from ledger.event_identity
   where event_id = any(string_to_array($1, chr(31)))`

/** Gives event ids an owner where they have none. */
export const CLAIM_IDENTITIES = `
  insert into ledger.event_identity (event_id, topic, partition, record_offset)
  select event_id, topic, partition, record_offset
    from ${unnestColumns(['text', 'text', 'int', 'bigint'])} as claimed (event_id, topic, partition, record_offset)
  on conflict (event_id) do nothing`
