-- Current positions, direct and entailed, rendered once.
create table position (
  actor text collate "C" not null,
  matter text collate "C" not null,
  facet text collate "C" not null,
  dossier text collate "C" not null,
  value text collate "C" not null,
  role text collate "C" not null,
  statement_id text collate "C" not null,
  authority text collate "C" not null,
  valid_from date not null,
  entailed_from text collate "C",
  contested boolean not null,
  body text not null,
  constraint position_facet_known check (facet in ('FACT', 'INTENT', 'NORM'))
) with (fillfactor = 70);
alter table position alter column body set storage external;
comment on column position.body is 'JSON of PositionResource (libs/resources/position-resource.ts)';
