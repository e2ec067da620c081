-- Up Migration
-- Generations that were there before this get the indexes that the template gives to new ones. One that is being built gets
-- its indexes once it is loaded.
do $$
declare
  made record;
begin
  for made in select schema_name from ledger.generation where status <> 'building' loop
    execute format('create index if not exists statement_by_track on %I.statement (dossier, (actors[1]))', made.schema_name);
    execute format('create index if not exists statement_of_several on %I.statement using gin (array_prepend(dossier, actors))
                      where cardinality(actors) > 1', made.schema_name);
  end loop;
end
$$;

-- Down Migration
do $$
declare
  made record;
begin
  for made in select schema_name from ledger.generation loop
    execute format('drop index if exists %I.statement_by_track, %I.statement_of_several', made.schema_name, made.schema_name);
  end loop;
end
$$;
