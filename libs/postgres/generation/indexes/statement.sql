alter table statement add constraint statement_pkey primary key (id);
create index statement_by_dossier on statement (dossier, said_latest, id) with (deduplicate_items = off);
create index statement_by_speaker on statement (speaker, said_latest, id) with (deduplicate_items = off);
-- a track is folded again from the statements of one actor in one dossier; nearly all speak for one actor alone
create index statement_by_track on statement (dossier, (actors[1]));
-- gin: what was inserted last is not yet in its place, and is gone through by whoever reads. By default that is 4 MB, which one
-- unlucky batch puts in their places in a tenth of a second
create index statement_of_several on statement using gin (array_prepend(dossier, actors)) with (gin_pending_list_limit = 256)
  where cardinality(actors) > 1;
create index statement_by_actor on statement using gin (actors) with (gin_pending_list_limit = 256);
-- whom it speaks for where it moves no position
create index statement_without_track on statement using gin ((state::jsonb -> 'coding' -> 'onBehalfOf') jsonb_path_ops)
  with (gin_pending_list_limit = 256) where cardinality(actors) = 0;
-- full text in whatever language: words as they are, without stems. Of a column of its own: taking the words from the state
-- here costs four times as much as all of this index
create index statement_words on statement using gin (json_to_tsvector('simple', words, '["string"]'))
  with (gin_pending_list_limit = 256);
create index statement_by_matter on statement using gin (matters) with (gin_pending_list_limit = 256);
-- an office that ends or is revised refolds the tracks of what was said in it
create index statement_by_office on statement (office) where office is not null;
-- what was known at an instant: amended since, or awaited then by an event that had come before it
create index statement_amended on statement (last_recorded_at) where last_recorded_at <> recorded_at;
create index statement_awaited on statement (dossier)
  where cardinality(applied_records) > 1 and ledger.was_awaited(applied_records);
