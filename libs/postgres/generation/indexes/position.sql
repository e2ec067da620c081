alter table position add constraint position_pkey primary key (actor, matter, facet);
create index position_by_matter on position (matter, facet, actor);
create index position_by_track on position (dossier, actor, matter, facet);
