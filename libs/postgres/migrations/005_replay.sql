-- Up Migration
-- How far the building of a generation has come, so that a replay that was stopped or killed goes on (docs/design.md 7).
create table ledger.replay (
  generation int not null,
  source text not null,
  reducer_module text,
  phase text not null,
  started_at timestamptz not null default now(),
  constraint replay_pkey primary key (generation),
  constraint replay_generation_fkey foreign key (generation) references ledger.generation (id),
  constraint replay_source_known check (source in ('journal', 'kafka')),
  constraint replay_phase_known check (phase in ('loading', 'indexing', 'following', 'ready'))
);
comment on column ledger.replay.reducer_module is 'Path of the module that folds it; null for the built-in fold';

-- What is loaded in bulk: each partition as far as the live generation had read it when the replay began. It is done once
-- the generation has a checkpoint there.
create table ledger.replay_part (
  generation int not null,
  topic text collate "C" not null,
  partition int not null,
  until_offset bigint not null,
  recorded_at timestamptz,
  constraint replay_part_pkey primary key (generation, topic, partition),
  constraint replay_part_replay_fkey foreign key (generation) references ledger.replay (generation) on delete cascade,
  constraint replay_part_topic_known check (topic in ('registry', 'reports', 'statements'))
);

-- Down Migration
drop table ledger.replay_part;
drop table ledger.replay;
