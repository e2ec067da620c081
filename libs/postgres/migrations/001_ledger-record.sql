-- Up Migration
-- What outlives every generation of the read models (docs/design.md 2, 7).

-- A faithful copy of every record. Append-only, backed up; the topics can be restored from it.
create table ledger.journal (
  topic text collate "C" not null,
  partition int not null,
  record_offset bigint not null,
  recorded_at timestamptz not null,
  record_key text collate "C",
  record_value text,
  raw_key bytea,
  raw_value bytea,
  record_headers text,
  constraint journal_pkey primary key (topic, partition, record_offset),
  constraint journal_topic_known check (topic in ('registry', 'reports', 'statements')),
  constraint journal_offset_not_negative check (record_offset >= 0),
  constraint journal_key_once check (record_key is null or raw_key is null),
  constraint journal_value_once check (record_value is null or raw_value is null)
);
-- pglz costs more time than the disk it saves at 700 bytes a record
alter table ledger.journal alter column record_value set storage external;

comment on table ledger.journal is 'A faithful copy of every record of the source topics';
comment on column ledger.journal.raw_value is 'The value where it is not UTF-8 text, or has NUL; else it is in record_value';
comment on column ledger.journal.record_headers is 'JSON of headers; null where they are the one content-type header of ours';

-- Which record owns an event id. Decided once, outside the generations, so that a replay decides alike.
create table ledger.event_identity (
  event_id text collate "C" not null,
  topic text collate "C" not null,
  partition int not null,
  record_offset bigint not null,
  constraint event_identity_pkey primary key (event_id)
);

comment on table ledger.event_identity is 'Which record was the first to carry an event id';

-- Down Migration
drop table ledger.event_identity;
drop table ledger.journal;
