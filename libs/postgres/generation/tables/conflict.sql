-- Pairs of statements of one actor that cannot both stand. What is no longer true stays, revoked.
create table conflict (
  id uuid not null,
  actor text collate "C" not null,
  dossier text collate "C" not null,
  kind text collate "C" not null,
  facet text collate "C" not null,
  matters text[] collate "C" not null,
  statement_ids text[] collate "C" not null,
  valid_from date not null,
  settled_by text collate "C",
  track_order int not null,
  revision int not null,
  revoked boolean not null,
  recorded_at timestamptz not null,
  constraint conflict_pairs check (cardinality(statement_ids) = 2),
  constraint conflict_revision_positive check (revision >= 1)
);
comment on column conflict.settled_by is 'The statement that settled it, or withdrawn; null while it is open';
