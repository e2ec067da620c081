alter table position add constraint position_pkey primary key (actor, matter, facet);
create index position_by_matter on position (matter, facet, actor) with (deduplicate_items = off);
create index position_by_track on position (dossier, actor, matter, facet) with (deduplicate_items = off);
