alter table outcome add constraint outcome_pkey primary key (topic, partition, record_offset);
create index outcome_by_event on outcome (event_id);
-- new entries go where they belong at once: each batch looks up what it names, as often as what it finds names more, and
-- would go through all that are not yet in their place each time
create index outcome_by_name on outcome using gin (names) with (fastupdate = off);
-- what may still be tried again, and what an operator looks after
create index outcome_blocked on outcome (outcome, topic, partition, record_offset)
  where outcome in ('pending', 'waiting', 'quarantined');
create index outcome_missing on outcome using gin (missing) with (fastupdate = off) where missing is not null;
