alter table outcome add constraint outcome_pkey primary key (topic, partition, record_offset);
create index outcome_by_event on outcome (event_id);
create index outcome_by_name on outcome using gin (names);
-- what may still be tried again, and what an operator looks after
create index outcome_blocked on outcome (outcome, topic, partition, record_offset)
  where outcome in ('pending', 'waiting', 'quarantined');
create index outcome_missing on outcome using gin (missing) where outcome = 'pending';
