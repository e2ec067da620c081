-- Up Migration
-- One complete build of the read models is a generation, in a schema of its own; exactly one is live.
create table ledger.generation (
  id int not null,
  schema_name text not null,
  reducer text not null,
  status text not null,
  epoch bigint not null default 0,
  created_at timestamptz not null default now(),
  promoted_at timestamptz,
  constraint generation_pkey primary key (id),
  constraint generation_schema_named_for_id check (schema_name = 'generation_' || id),
  constraint generation_status_known check (status in ('building', 'live', 'retired')),
  constraint generation_promoted_if_live check (status <> 'live' or promoted_at is not null)
);
create unique index generation_one_live on ledger.generation (status) where status = 'live';

comment on column ledger.generation.epoch is
  'Moves when a batch writes to tracks of a partition other than its own: who caches folded tracks drops them';

-- Where each generation stands in each partition. Right when Kafka's committed offsets are not.
create table ledger.checkpoint (
  generation int not null,
  topic text collate "C" not null,
  partition int not null,
  next_offset bigint not null,
  recorded_at timestamptz,
  constraint checkpoint_pkey primary key (generation, topic, partition),
  constraint checkpoint_generation_fkey foreign key (generation) references ledger.generation (id),
  constraint checkpoint_topic_known check (topic in ('registry', 'reports', 'statements')),
  constraint checkpoint_offset_not_negative check (next_offset >= 0)
) with (fillfactor = 50);

comment on column ledger.checkpoint.recorded_at is 'When the last record below the checkpoint was recorded';

-- Down Migration
drop table ledger.checkpoint;
drop table ledger.generation;
