alter table registry_entity add constraint registry_entity_pkey primary key (kind, id);
