-- Statements as their events have left them, with the columns that lists are filtered by.
create table statement (
  id text collate "C" not null,
  dossier text collate "C" not null,
  speaker text collate "C" not null,
  office text collate "C",
  act text collate "C" not null,
  said_earliest date,
  said_latest date not null,
  published_earliest date not null,
  matters text[] collate "C" not null,
  actors text[] collate "C" not null,
  hidden boolean not null,
  merged_into text collate "C",
  state text not null,
  words json,
  applied_records text[] collate "C" not null,
  recorded_at timestamptz not null,
  last_recorded_at timestamptz not null
);
alter table statement alter column state set storage external;
comment on column statement.matters is 'Matters that it takes a stance on or is about';
comment on column statement.actors is 'Canonical actors whose tracks it feeds; empty where it does not count';
comment on column statement.hidden is 'Taken down: hidden from every read';
comment on column statement.merged_into is 'The statement it was found to be the same utterance as; that one may be merged away in turn';
comment on column statement.state is 'JSON of StatementState (libs/ledger/statement.ts)';
comment on column statement.words is 'Array of its gist, quotes and paraphrases, for full text; null where it has none';
comment on column statement.applied_records is 'partition.offset of each event that took effect on it, in that order';
