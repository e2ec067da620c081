-- One row for each actor and dossier with statements that count.
create table track (
  actor text collate "C" not null,
  dossier text collate "C" not null,
  statements int not null,
  version bigint not null,
  digest text collate "C" not null,
  stale_code text collate "C",
  recorded_at timestamptz not null,
  constraint track_statements_not_negative check (statements >= 0)
) with (fillfactor = 70);
comment on column track.digest is 'Of positions, changes and conflicts: equal digests mean equal read models';
comment on column track.stale_code is 'Why the last fold failed; positions are then the last good ones';
