-- Up Migration
-- Where each partition ended when the broker was last asked: a generation that has read that far knows all that was
-- recorded before (docs/design.md 4, knownAt).
create table ledger.end_offset (
  topic text collate "C" not null,
  partition int not null,
  end_offset bigint not null,
  fetched_at timestamptz not null,
  constraint end_offset_pkey primary key (topic, partition),
  constraint end_offset_topic_known check (topic in ('registry', 'reports', 'statements')),
  constraint end_offset_not_negative check (end_offset >= 0)
) with (fillfactor = 50);

comment on column ledger.end_offset.fetched_at is 'Before the broker was asked, by our clock, less what clocks may differ by';

-- Down Migration
drop table ledger.end_offset;
