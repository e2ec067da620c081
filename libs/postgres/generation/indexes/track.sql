alter table track add constraint track_pkey primary key (actor, dossier);
create index track_stale on track (dossier, actor) where stale_code is not null;
