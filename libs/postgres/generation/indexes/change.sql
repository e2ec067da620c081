alter table change add constraint change_pkey primary key (id);
create index change_history on change (actor, dossier, matter, facet, valid_from, track_order);
create index change_by_recording on change (recorded_at, id);
