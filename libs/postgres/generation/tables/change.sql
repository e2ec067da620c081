-- Every change of a position that was ever asserted. What is no longer true stays, revoked.
create table change (
  id uuid not null,
  actor text collate "C" not null,
  dossier text collate "C" not null,
  matter text collate "C" not null,
  facet text collate "C" not null,
  kind text collate "C" not null,
  from_value text collate "C",
  to_value text collate "C",
  claim_order text collate "C",
  statement_id text collate "C" not null,
  valid_from date not null,
  entailed_from text collate "C",
  reverses_earlier boolean not null,
  track_order int not null,
  revision int not null,
  revoked boolean not null,
  recorded_at timestamptz not null,
  constraint change_initial_from_nothing check ((kind = 'INITIAL') = (from_value is null)),
  constraint change_revision_positive check (revision >= 1)
) with (fillfactor = 90);
comment on column change.track_order is 'Place in the fold among the changes of its track on one day: the fold''s order is (valid_from, track_order)';
