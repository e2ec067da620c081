alter table statement add constraint statement_pkey primary key (id);
create index statement_by_dossier on statement (dossier, said_latest, id);
create index statement_by_speaker on statement (speaker, said_latest, id);
-- a track is refolded from the statements of one actor in one dossier
create index statement_by_actor on statement using gin (actors);
create index statement_by_matter on statement using gin (matters);
-- an office that ends or is revised refolds the tracks of what was said in it
create index statement_by_office on statement (office) where office is not null;
