-- Up Migration
-- The relay's own part of the outbox (services/projector/relay/README.md).

-- A row of the outbox depends on another only if its transaction began to write after the other's had ended, so that ids
-- tell their order too; and unlike transaction ids they survive a restoration on another cluster.
alter table ledger.outbox drop column transaction_id;
alter table ledger.outbox
  add column created_at timestamptz not null default now(),
  add column sequence bigint,
  add constraint outbox_sequenced_once unique (sequence),
  add constraint outbox_published_in_sequence check (published_at is null or sequence is not null),
  add constraint outbox_changes_numbered
    check ((first_number is not null) = (topic = 'changes' and sequence is not null));

comment on column ledger.outbox.sequence is
  'Place in the order of publication, given by the relay before it publishes; each record carries it in a header';

create index outbox_unpublished on ledger.outbox (id) where published_at is null;
create index outbox_positions_published on ledger.outbox (published_at) where topic = 'positions';

-- The highest that were given, since rows of positions are deleted some time after they were published.
create table ledger.relay (
  only_row boolean not null default true,
  last_sequence bigint not null default 0,
  last_number bigint not null default 0,
  constraint relay_pkey primary key (only_row),
  constraint relay_one_row check (only_row)
) with (fillfactor = 50);
insert into ledger.relay default values;

-- The feed of changes: what /v1/changes?after= and the live stream read. Numbers are given in their order, so a reader
-- that has seen one has seen all below it. A page detoasts no more rows than it takes messages from.
create function ledger.changes_after(after_number bigint, count_max int)
  returns table (number bigint, announced_at timestamptz, dossier text, announced text)
  language sql stable
  as $$
  with first_row as (
    select coalesce(max(outbox.first_number), 0) as first_number
      from ledger.outbox
     where outbox.first_number <= after_number + 1
  ), page as (
    select outbox.first_number,
           outbox.created_at,
           outbox.messages,
           sum(outbox.message_count) over (order by outbox.first_number) - outbox.message_count as before
      from ledger.outbox, first_row
     where outbox.first_number >= first_row.first_number
     order by outbox.first_number
     limit count_max + 1
  )
  select page.first_number + line.ordinality - 1 as number,
         page.created_at,
         line.message::json ->> 0,
         line.message::json ->> 1
    from page, first_row,
         lateral string_to_table(page.messages, E'\n') with ordinality as line (message, ordinality)
   where page.before < count_max + greatest(0, after_number + 1 - first_row.first_number)
     and page.first_number + line.ordinality - 1 > after_number
   order by number
   limit count_max
$$;
comment on function ledger.changes_after is
  'Changes and conflicts as they were announced, by number; announced is JSON: {announcement, change | conflict}';

-- Down Migration
drop function ledger.changes_after;
drop table ledger.relay;
drop index ledger.outbox_positions_published;
drop index ledger.outbox_unpublished;
alter table ledger.outbox
  drop column sequence cascade,
  drop column created_at,
  add column transaction_id xid8 not null default pg_current_xact_id();
create index outbox_unpublished on ledger.outbox (transaction_id, id) where published_at is null;
