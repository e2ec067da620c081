-- Up Migration
-- The words of statements in a column, as the template gives it to new generations. One that is being built is indexed once it
-- is loaded, but has to have the column.
do $$
declare
  made record;
begin
  for made in select schema_name, status from ledger.generation loop
    execute format('drop index if exists %I.statement_words', made.schema_name);
    execute format('alter table %I.statement add column if not exists words json', made.schema_name);
    execute format('comment on column %I.statement.words is %L', made.schema_name,
                   'Array of its gist, quotes and paraphrases, for full text; null where it has none');
    execute format($fill$
      update %I.statement
         set words = found.words
        from (select id,
                     (select json_agg(part.value order by part.at)
                        from (select 0 as at, state::json #>> '{coding,gist}' as value
                               union all
                              select 2 * ordinality - 1, evidence ->> 'quote'
                                from json_array_elements(state::json -> 'evidence') with ordinality as e (evidence, ordinality)
                               union all
                              select 2 * ordinality, evidence ->> 'paraphrase'
                                from json_array_elements(state::json -> 'evidence') with ordinality as e (evidence, ordinality)
                             ) as part
                       where part.value is not null) as words
                from %I.statement) as found
       where found.id = statement.id
         and found.words is not null$fill$, made.schema_name, made.schema_name);
    if made.status <> 'building' then
      execute format('create index statement_words on %I.statement using gin (json_to_tsvector(''simple'', words, ''["string"]''))
                        with (gin_pending_list_limit = 256)', made.schema_name);
    end if;
  end loop;
end
$$;

-- Down Migration
do $$
declare
  made record;
begin
  for made in select schema_name, status from ledger.generation loop
    execute format('alter table %I.statement drop column words', made.schema_name);
    if made.status <> 'building' then
      execute format($index$
        create index statement_words on %I.statement using gin (jsonb_to_tsvector('simple',
          coalesce(state::jsonb #> '{coding,gist}', '[]') || jsonb_path_query_array(state::jsonb,
            '$.evidence[*].keyvalue() ? (@.key == "quote" || @.key == "paraphrase").value'), '["string"]'))
          with (gin_pending_list_limit = 256)$index$, made.schema_name);
    end if;
  end loop;
end
$$;
