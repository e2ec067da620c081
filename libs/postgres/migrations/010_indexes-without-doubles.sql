-- Up Migration
-- As the template gives them to new generations: where no two rows have one key, Postgres need not look for doubles on each page
-- before it splits it. One that is being built gets its indexes once it is loaded.
do $$
declare
  made record;
  index_name text;
begin
  for made in select schema_name from ledger.generation loop
    foreach index_name in array array['statement_by_dossier', 'statement_by_speaker', 'change_history', 'change_by_day',
                                      'change_by_recording', 'position_by_matter', 'position_by_track',
                                      'conflict_by_track', 'conflict_by_dossier'] loop
      execute format('alter index if exists %I.%I set (deduplicate_items = off)', made.schema_name, index_name);
    end loop;
  end loop;
end
$$;

-- Down Migration
do $$
declare
  made record;
  index_name text;
begin
  for made in select schema_name from ledger.generation loop
    foreach index_name in array array['statement_by_dossier', 'statement_by_speaker', 'change_history', 'change_by_day',
                                      'change_by_recording', 'position_by_matter', 'position_by_track',
                                      'conflict_by_track', 'conflict_by_dossier'] loop
      execute format('alter index if exists %I.%I reset (deduplicate_items)', made.schema_name, index_name);
    end loop;
  end loop;
end
$$;
