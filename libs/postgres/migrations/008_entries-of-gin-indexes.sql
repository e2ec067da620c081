-- Up Migration
-- As the template gives them to new generations. One that is being built gets its indexes once it is loaded.
do $$
declare
  made record;
  index_name text;
begin
  for made in select schema_name from ledger.generation where status <> 'building' loop
    foreach index_name in array array['outcome_by_name', 'outcome_missing'] loop
      execute format('alter index %I.%I set (fastupdate = off)', made.schema_name, index_name);
      perform gin_clean_pending_list(format('%I.%I', made.schema_name, index_name)::regclass);
    end loop;
    foreach index_name in array array['statement_of_several', 'statement_by_actor', 'statement_without_track',
                                      'statement_words', 'statement_by_matter'] loop
      execute format('alter index %I.%I set (gin_pending_list_limit = 256)', made.schema_name, index_name);
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
    foreach index_name in array array['outcome_by_name', 'outcome_missing', 'statement_of_several', 'statement_by_actor',
                                      'statement_without_track', 'statement_words', 'statement_by_matter'] loop
      execute format('alter index if exists %I.%I reset (fastupdate, gin_pending_list_limit)', made.schema_name, index_name);
    end loop;
  end loop;
end
$$;
