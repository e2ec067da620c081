-- Entities of the registry, and reports, as the api serves them.
create table registry_entity (
  kind text collate "C" not null,
  id text collate "C" not null,
  dossier text collate "C",
  body text not null,
  recorded_at timestamptz not null,
  constraint registry_entity_kind_known check (
    kind in ('actor', 'office', 'dossier', 'matter', 'source', 'key', 'report')
  ),
  constraint registry_entity_matter_has_dossier check (kind <> 'matter' or dossier is not null)
);
comment on column registry_entity.body is 'JSON of the entity''s state in the registry';
