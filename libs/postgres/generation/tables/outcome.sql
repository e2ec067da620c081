-- What became of a record, where that is anything but applied: a record below the checkpoint without a row was applied.
create table outcome (
  topic text collate "C" not null,
  partition int not null,
  record_offset bigint not null,
  recorded_at timestamptz not null,
  event_id text collate "C",
  type text collate "C",
  subject text collate "C",
  dossier text collate "C",
  outcome text collate "C" not null,
  code text collate "C",
  detail text,
  pointer text,
  missing text[] collate "C",
  names text[] collate "C" not null,
  constraint outcome_known check (
    outcome in ('duplicate', 'pending', 'waiting', 'stale', 'quarantined', 'dismissed')
  ),
  constraint outcome_quarantined_has_code check (outcome <> 'quarantined' or code is not null),
  constraint outcome_pending_has_missing check (outcome <> 'pending' or cardinality(missing) > 0)
);
comment on column outcome.names is 'Statements that the event names: later events of these wait behind it while it is blocked';

-- What became of every record, applied ones included.
create view record_outcome as
select
  journal.topic,
  journal.partition,
  journal.record_offset,
  journal.recorded_at,
  outcome.event_id,
  outcome.type,
  outcome.subject,
  outcome.dossier,
  coalesce(outcome.outcome, 'applied') as outcome,
  outcome.code,
  outcome.detail,
  outcome.pointer,
  outcome.missing
from ledger.journal
join ledger.generation on generation.schema_name = '{{schema}}'
join ledger.checkpoint
  on checkpoint.generation = generation.id
  and checkpoint.topic = journal.topic
  and checkpoint.partition = journal.partition
  and checkpoint.next_offset > journal.record_offset
left join outcome
  on outcome.topic = journal.topic
  and outcome.partition = journal.partition
  and outcome.record_offset = journal.record_offset;
