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

-- Whether an event that names a statement came before the one that recorded it, which is the first of those that took
-- effect. Such a statement was awaited: others may have waited with it (docs/design.md 4, knownAt). A function, since an
-- index may hold the answer but not the query.
create function ledger.was_awaited(applied_records text[]) returns boolean
  language sql immutable parallel safe
  return exists (
    select
      from unnest(applied_records) as place
     where split_part(place, '.', 2)::bigint < split_part(applied_records[1], '.', 2)::bigint);

-- Down Migration
drop function ledger.was_awaited(text[]);
drop table ledger.end_offset;
