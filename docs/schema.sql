-- The schema of a migrated database, one generation included. Written by `npm run db:schema`; do not edit.

create table ledger.checkpoint (
  generation integer not null,
  topic text collate "C" not null,
  partition integer not null,
  next_offset bigint not null,
  recorded_at timestamp with time zone /* When the last record below the checkpoint was recorded */,
  constraint checkpoint_pkey PRIMARY KEY (generation, topic, partition),
  constraint checkpoint_generation_fkey FOREIGN KEY (generation) REFERENCES ledger.generation(id),
  constraint checkpoint_offset_not_negative CHECK (next_offset >= 0),
  constraint checkpoint_topic_known CHECK (topic = ANY (ARRAY['registry'::text, 'reports'::text, 'statements'::text]))
) with (fillfactor=50);

create table ledger.end_offset (
  topic text collate "C" not null,
  partition integer not null,
  end_offset bigint not null,
  fetched_at timestamp with time zone not null /* Before the broker was asked, by our clock, less what clocks may differ by */,
  constraint end_offset_pkey PRIMARY KEY (topic, partition),
  constraint end_offset_not_negative CHECK (end_offset >= 0),
  constraint end_offset_topic_known CHECK (topic = ANY (ARRAY['registry'::text, 'reports'::text, 'statements'::text]))
) with (fillfactor=50);

-- Which record was the first to carry an event id
create table ledger.event_identity (
  event_id text collate "C" not null,
  topic text collate "C" not null,
  partition integer not null,
  record_offset bigint not null,
  constraint event_identity_pkey PRIMARY KEY (event_id)
);

create table ledger.generation (
  id integer not null,
  schema_name text not null,
  reducer text not null,
  status text not null,
  epoch bigint not null default 0 /* Moves when a batch writes to tracks of a partition other than its own: who caches folded tracks drops them */,
  created_at timestamp with time zone not null default now(),
  promoted_at timestamp with time zone,
  constraint generation_pkey PRIMARY KEY (id),
  constraint generation_promoted_if_live CHECK (status <> 'live'::text OR promoted_at IS NOT NULL),
  constraint generation_schema_named_for_id CHECK (schema_name = ('generation_'::text || id)),
  constraint generation_status_known CHECK (status = ANY (ARRAY['building'::text, 'live'::text, 'retired'::text]))
);
create UNIQUE INDEX generation_one_live ON ledger.generation USING btree (status) WHERE (status = 'live'::text);

-- A faithful copy of every record of the source topics
create table ledger.journal (
  topic text collate "C" not null,
  partition integer not null,
  record_offset bigint not null,
  recorded_at timestamp with time zone not null,
  record_key text collate "C",
  record_value text storage external,
  raw_key bytea,
  raw_value bytea /* The value where it is not UTF-8 text, or has NUL; else it is in record_value */,
  record_headers text /* JSON of headers; null where they are the one content-type header of ours */,
  constraint journal_pkey PRIMARY KEY (topic, partition, record_offset),
  constraint journal_key_once CHECK (record_key IS NULL OR raw_key IS NULL),
  constraint journal_offset_not_negative CHECK (record_offset >= 0),
  constraint journal_topic_known CHECK (topic = ANY (ARRAY['registry'::text, 'reports'::text, 'statements'::text])),
  constraint journal_value_once CHECK (record_value IS NULL OR raw_value IS NULL)
);

create table ledger.migration (
  id integer not null default nextval('ledger.migration_id_seq'::regclass),
  name character varying(255) not null,
  run_on timestamp without time zone not null,
  constraint migration_pkey PRIMARY KEY (id)
);

create table ledger.outbox (
  id bigint generated always as identity not null,
  topic text collate "C" not null,
  messages text not null storage external /* NDJSON, one line a message: ["key", body or null] */,
  message_count integer not null,
  first_number bigint /* Number of the first message; the others follow. Given by the relay */,
  published_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  sequence bigint /* Place in the order of publication, given by the relay before it publishes; each record carries it in a header */,
  constraint outbox_numbered_once UNIQUE (first_number),
  constraint outbox_sequenced_once UNIQUE (sequence),
  constraint outbox_pkey PRIMARY KEY (id),
  constraint outbox_changes_numbered CHECK ((first_number IS NOT NULL) = (topic = 'changes'::text AND sequence IS NOT NULL)),
  constraint outbox_has_messages CHECK (message_count > 0),
  constraint outbox_published_in_sequence CHECK (published_at IS NULL OR sequence IS NOT NULL),
  constraint outbox_topic_known CHECK (topic = ANY (ARRAY['positions'::text, 'changes'::text]))
);
create INDEX outbox_positions_published ON ledger.outbox USING btree (published_at) WHERE (topic = 'positions'::text);
create INDEX outbox_unpublished ON ledger.outbox USING btree (id) WHERE (published_at IS NULL);

create table ledger.relay (
  only_row boolean not null default true,
  last_sequence bigint not null default 0,
  last_number bigint not null default 0,
  constraint relay_pkey PRIMARY KEY (only_row),
  constraint relay_one_row CHECK (only_row)
) with (fillfactor=50);

create table ledger.replay (
  generation integer not null,
  source text not null,
  reducer_module text /* Path of the module that folds it; null for the built-in fold */,
  phase text not null,
  started_at timestamp with time zone not null default now(),
  constraint replay_pkey PRIMARY KEY (generation),
  constraint replay_generation_fkey FOREIGN KEY (generation) REFERENCES ledger.generation(id),
  constraint replay_phase_known CHECK (phase = ANY (ARRAY['loading'::text, 'indexing'::text, 'following'::text, 'ready'::text])),
  constraint replay_source_known CHECK (source = ANY (ARRAY['journal'::text, 'kafka'::text]))
);

create table ledger.replay_part (
  generation integer not null,
  topic text collate "C" not null,
  partition integer not null,
  until_offset bigint not null,
  recorded_at timestamp with time zone,
  constraint replay_part_pkey PRIMARY KEY (generation, topic, partition),
  constraint replay_part_replay_fkey FOREIGN KEY (generation) REFERENCES ledger.replay(generation) ON DELETE CASCADE,
  constraint replay_part_topic_known CHECK (topic = ANY (ARRAY['registry'::text, 'reports'::text, 'statements'::text]))
);

create table generation_1.change (
  id uuid not null,
  actor text collate "C" not null,
  dossier text collate "C" not null,
  matter text collate "C" not null,
  facet text collate "C" not null,
  kind text collate "C" not null,
  from_value text collate "C",
  to_value text collate "C",
  claim_order text collate "C",
  statement_id text collate "C" not null,
  valid_from date not null,
  entailed_from text collate "C",
  reverses_earlier boolean not null,
  track_order integer not null /* Place in the fold among the changes of its track on one day: the fold's order is (valid_from, track_order) */,
  revision integer not null,
  revoked boolean not null,
  recorded_at timestamp with time zone not null,
  constraint change_pkey PRIMARY KEY (id),
  constraint change_initial_from_nothing CHECK ((kind = 'INITIAL'::text) = (from_value IS NULL)),
  constraint change_revision_positive CHECK (revision >= 1)
) with (fillfactor=90);
create INDEX change_by_day ON generation_1.change USING btree (dossier, valid_from, actor, track_order, id) WITH (deduplicate_items=off);
create INDEX change_by_recording ON generation_1.change USING btree (dossier, recorded_at, id) WITH (deduplicate_items=off);
create INDEX change_history ON generation_1.change USING btree (actor, dossier, matter, facet, valid_from, track_order) WITH (deduplicate_items=off);

create table generation_1.conflict (
  id uuid not null,
  actor text collate "C" not null,
  dossier text collate "C" not null,
  kind text collate "C" not null,
  facet text collate "C" not null,
  matters text[] collate "C" not null,
  statement_ids text[] collate "C" not null,
  valid_from date not null,
  settled_by text collate "C" /* The statement that settled it, or withdrawn; null while it is open */,
  track_order integer not null,
  revision integer not null,
  revoked boolean not null,
  recorded_at timestamp with time zone not null,
  constraint conflict_pkey PRIMARY KEY (id),
  constraint conflict_pairs CHECK (cardinality(statement_ids) = 2),
  constraint conflict_revision_positive CHECK (revision >= 1)
);
create INDEX conflict_by_dossier ON generation_1.conflict USING btree (dossier, valid_from, id) WITH (deduplicate_items=off);
create INDEX conflict_by_track ON generation_1.conflict USING btree (actor, dossier, valid_from, track_order) WITH (deduplicate_items=off);

create table generation_1.outcome (
  topic text collate "C" not null,
  partition integer not null,
  record_offset bigint not null,
  recorded_at timestamp with time zone not null,
  event_id text collate "C",
  type text collate "C",
  subject text collate "C",
  dossier text collate "C",
  outcome text collate "C" not null,
  code text collate "C",
  detail text,
  pointer text,
  missing text[] collate "C",
  names text[] collate "C" not null /* Statements that the event names: later events of these wait behind it while it is blocked */,
  constraint outcome_pkey PRIMARY KEY (topic, partition, record_offset),
  constraint outcome_known CHECK (outcome = ANY (ARRAY['duplicate'::text, 'pending'::text, 'waiting'::text, 'stale'::text, 'quarantined'::text, 'dismissed'::text])),
  constraint outcome_pending_has_missing CHECK (outcome <> 'pending'::text OR cardinality(missing) > 0),
  constraint outcome_quarantined_has_code CHECK (outcome <> 'quarantined'::text OR code IS NOT NULL)
);
create INDEX outcome_blocked ON generation_1.outcome USING btree (outcome, topic, partition, record_offset) WHERE (outcome = ANY (ARRAY['pending'::text, 'waiting'::text, 'quarantined'::text]));
create INDEX outcome_by_event ON generation_1.outcome USING btree (event_id);
create INDEX outcome_by_name ON generation_1.outcome USING gin (names) WITH (fastupdate=off);
create INDEX outcome_missing ON generation_1.outcome USING gin (missing) WITH (fastupdate=off) WHERE (missing IS NOT NULL);

create table generation_1.position (
  actor text collate "C" not null,
  matter text collate "C" not null,
  facet text collate "C" not null,
  dossier text collate "C" not null,
  value text collate "C" not null,
  role text collate "C" not null,
  statement_id text collate "C" not null,
  authority text collate "C" not null,
  valid_from date not null,
  entailed_from text collate "C",
  contested boolean not null,
  body text not null storage external /* JSON of PositionResource (libs/resources/position-resource.ts) */,
  constraint position_pkey PRIMARY KEY (actor, matter, facet),
  constraint position_facet_known CHECK (facet = ANY (ARRAY['FACT'::text, 'INTENT'::text, 'NORM'::text]))
) with (fillfactor=70);
create INDEX position_by_matter ON generation_1."position" USING btree (matter, facet, actor) WITH (deduplicate_items=off);
create INDEX position_by_track ON generation_1."position" USING btree (dossier, actor, matter, facet) WITH (deduplicate_items=off);

create table generation_1.registry_entity (
  kind text collate "C" not null,
  id text collate "C" not null,
  dossier text collate "C",
  body text not null /* JSON of the entity's state in the registry */,
  recorded_at timestamp with time zone not null,
  constraint registry_entity_pkey PRIMARY KEY (kind, id),
  constraint registry_entity_kind_known CHECK (kind = ANY (ARRAY['actor'::text, 'office'::text, 'dossier'::text, 'matter'::text, 'source'::text, 'key'::text, 'report'::text])),
  constraint registry_entity_matter_has_dossier CHECK (kind <> 'matter'::text OR dossier IS NOT NULL)
);

create table generation_1.statement (
  id text collate "C" not null,
  dossier text collate "C" not null,
  speaker text collate "C" not null,
  office text collate "C",
  act text collate "C" not null,
  said_earliest date,
  said_latest date not null,
  published_earliest date not null,
  matters text[] collate "C" not null /* Matters that it takes a stance on or is about */,
  actors text[] collate "C" not null /* Canonical actors whose tracks it feeds; empty where it does not count */,
  hidden boolean not null /* Taken down: hidden from every read */,
  merged_into text collate "C" /* The statement it was found to be the same utterance as; that one may be merged away in turn */,
  state text not null storage external /* JSON of StatementState (libs/ledger/statement.ts) */,
  words json /* Array of its gist, quotes and paraphrases, for full text; null where it has none */,
  applied_records text[] collate "C" not null /* partition.offset of each event that took effect on it, in that order */,
  recorded_at timestamp with time zone not null,
  last_recorded_at timestamp with time zone not null,
  constraint statement_pkey PRIMARY KEY (id)
);
create INDEX statement_amended ON generation_1.statement USING btree (last_recorded_at) WHERE (last_recorded_at <> recorded_at);
create INDEX statement_awaited ON generation_1.statement USING btree (dossier) WHERE ((cardinality(applied_records) > 1) AND ledger.was_awaited(applied_records));
create INDEX statement_by_actor ON generation_1.statement USING gin (actors) WITH (gin_pending_list_limit='256');
create INDEX statement_by_dossier ON generation_1.statement USING btree (dossier, said_latest, id) WITH (deduplicate_items=off);
create INDEX statement_by_matter ON generation_1.statement USING gin (matters) WITH (gin_pending_list_limit='256');
create INDEX statement_by_office ON generation_1.statement USING btree (office) WHERE (office IS NOT NULL);
create INDEX statement_by_speaker ON generation_1.statement USING btree (speaker, said_latest, id) WITH (deduplicate_items=off);
create INDEX statement_by_track ON generation_1.statement USING btree (dossier, (actors[1]));
create INDEX statement_of_several ON generation_1.statement USING gin (array_prepend(dossier, actors)) WITH (gin_pending_list_limit='256') WHERE (cardinality(actors) > 1);
create INDEX statement_without_track ON generation_1.statement USING gin (((((state)::jsonb -> 'coding'::text) -> 'onBehalfOf'::text)) jsonb_path_ops) WITH (gin_pending_list_limit='256') WHERE (cardinality(actors) = 0);
create INDEX statement_words ON generation_1.statement USING gin (json_to_tsvector('simple'::regconfig, words, '["string"]'::jsonb)) WITH (gin_pending_list_limit='256');

create table generation_1.track (
  actor text collate "C" not null,
  dossier text collate "C" not null,
  statements integer not null,
  version bigint not null,
  digest text collate "C" not null /* Of positions, changes and conflicts: equal digests mean equal read models */,
  stale_code text collate "C" /* Why the last fold failed; positions are then the last good ones */,
  recorded_at timestamp with time zone not null,
  constraint track_pkey PRIMARY KEY (actor, dossier),
  constraint track_statements_not_negative CHECK (statements >= 0)
) with (fillfactor=70);
create INDEX track_stale ON generation_1.track USING btree (dossier, actor) WHERE (stale_code IS NOT NULL);

create view generation_1.record_outcome as
 SELECT journal.topic,
    journal.partition,
    journal.record_offset,
    journal.recorded_at,
    outcome.event_id,
    outcome.type,
    outcome.subject,
    outcome.dossier,
    COALESCE(outcome.outcome, 'applied'::text) AS outcome,
    outcome.code,
    outcome.detail,
    outcome.pointer,
    outcome.missing
   FROM ledger.journal
     JOIN ledger.generation ON generation.schema_name = 'generation_1'::text
     JOIN ledger.checkpoint ON checkpoint.generation = generation.id AND checkpoint.topic = journal.topic AND checkpoint.partition = journal.partition AND checkpoint.next_offset > journal.record_offset
     LEFT JOIN generation_1.outcome ON outcome.topic = journal.topic AND outcome.partition = journal.partition AND outcome.record_offset = journal.record_offset;
