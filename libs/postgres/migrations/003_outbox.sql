-- Up Migration
-- What is still to be published on the derived topics: written in the transaction that makes it true, relayed after it.
create table ledger.outbox (
  id bigint generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  topic text collate "C" not null,
  messages text not null,
  message_count int not null,
  first_number bigint,
  published_at timestamptz,
  constraint outbox_pkey primary key (id),
  constraint outbox_topic_known check (topic in ('positions', 'changes')),
  constraint outbox_has_messages check (message_count > 0),
  constraint outbox_numbered_once unique (first_number)
);
alter table ledger.outbox alter column messages set storage external;
create index outbox_unpublished on ledger.outbox (transaction_id, id) where published_at is null;

comment on column ledger.outbox.messages is 'NDJSON, one line a message: ["key", body or null]';
comment on column ledger.outbox.first_number is 'Number of the first message; the others follow. Given by the relay';

-- Down Migration
drop table ledger.outbox;
