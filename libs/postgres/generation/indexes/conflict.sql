alter table conflict add constraint conflict_pkey primary key (id);
create index conflict_by_track on conflict (actor, dossier, valid_from, track_order) with (deduplicate_items = off);
create index conflict_by_dossier on conflict (dossier, valid_from, id) with (deduplicate_items = off);
