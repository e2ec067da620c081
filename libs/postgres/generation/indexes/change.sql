-- Where no two rows have one key, Postgres would look for doubles on each page before it splits it, and find none.
alter table change add constraint change_pkey primary key (id);
create index change_history on change (actor, dossier, matter, facet, valid_from, track_order) with (deduplicate_items = off);
-- pages of changes, in their whole order: sorting each day's anew takes as long as reading them
create index change_by_day on change (dossier, valid_from, actor, track_order, id) with (deduplicate_items = off);
-- a dossier's feed: what was asserted or revoked last
create index change_by_recording on change (dossier, recorded_at, id) with (deduplicate_items = off);
