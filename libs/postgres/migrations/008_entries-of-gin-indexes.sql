-- Up Migration
-- As the template gives them to new generations. One that is being built gets its indexes once it is loaded.
do $$
declare
  made record;
  index_name text;
begin
  for made in select schema_name from ledger.generation where status <> 'building' loop
    execute format('alter index %I.outcome_by_name set (fastupdate = off)', made.schema_name);
    perform gin_clean_pending_list(format('%I.outcome_by_name', made.schema_name)::regclass);
    execute format('drop index if exists %I.outcome_missing', made.schema_name);
    execute format('create index outcome_missing on %I.outcome using gin (missing) with (fastupdate = off)
                      where missing is not null', made.schema_name);
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
  for made in select schema_name from ledger.generation where status <> 'building' loop
    execute format('drop index if exists %I.outcome_missing', made.schema_name);
    execute format('create index outcome_missing on %I.outcome using gin (missing) where outcome = %L',
                   made.schema_name, 'pending');
    foreach index_name in array array['outcome_by_name', 'statement_of_several', 'statement_by_actor',
                                      'statement_without_track', 'statement_words', 'statement_by_matter'] loop
      execute format('alter index if exists %I.%I reset (fastupdate, gin_pending_list_limit)', made.schema_name, index_name);
    end loop;
  end loop;
end
$$;
