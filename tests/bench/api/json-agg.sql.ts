/**
 * Positions as one would store them for an api that builds its JSON at read time: a row a position, a row a claim that
 * stands for it. Filled from what the ledger serves, so that both serve the same.
 */
export const MAKE_REFERENCE_TABLES = `
create schema reference;
create table reference.position as
select body ->> 'actor' as actor,
       body ->> 'dossier' as dossier,
       body ->> 'matter' as matter,
       body ->> 'facet' as facet,
       body ->> 'role' as role,
       body ->> 'value' as value,
       body ->> 'statement' as statement,
       body -> 'scope' as scope,
       body -> 'condition' as condition,
       body ->> 'conditionState' as condition_state,
       (body ->> 'implied')::boolean as implied,
       body ->> 'authority' as authority,
       (body #>> '{order,said,earliest}')::date as said_earliest,
       (body #>> '{order,said,latest}')::date as said_latest,
       (body #>> '{order,published,earliest}')::date as published_earliest,
       (body #>> '{order,published,latest}')::date as published_latest,
       (body ->> 'validFrom')::date as valid_from,
       array(select json_array_elements_text(body -> 'standing')) as standing,
       body ->> 'entailedFrom' as entailed_from,
       array(select json_array_elements_text(body -> 'contestedBy')) as contested_by,
       array(select json_array_elements_text(body -> 'exceptions')) as exceptions
  from (select position.body::json as body from generation_1.position) as stored;
alter table reference.position
  alter column actor type text collate "C",
  alter column matter type text collate "C",
  alter column facet type text collate "C",
  add primary key (actor, matter, facet);
create table reference.standing_claim as
select position.actor,
       position.matter,
       position.facet,
       claim.place::int as place,
       claim.body ->> 'statement' as statement,
       claim.body ->> 'value' as value,
       claim.body -> 'scope' as scope,
       claim.body -> 'condition' as condition
  from generation_1.position,
       json_array_elements(position.body::json -> 'standingClaims') with ordinality as claim (body, place);
alter table reference.standing_claim add primary key (actor, matter, facet, place);
vacuum analyze reference.position, reference.standing_claim`
  .split(';')
  .map((statement) => statement.trim())

/** A page of 50 positions after a key ($1 to $3). */
export const POSITION_PAGE = `
select json_build_object('items', json_agg(item), 'next', json_build_array(max(actor), max(matter), max(facet)))::text as page
  from (select actor,
               matter,
               facet,
               json_build_object(
                 'actor', actor, 'dossier', dossier, 'matter', matter, 'facet', facet, 'role', role,
                 'value', value, 'statement', statement, 'scope', scope, 'condition', condition,
                 'conditionState', condition_state, 'implied', implied, 'authority', authority,
                 'order', json_build_object(
                   'said', json_build_object('earliest', said_earliest, 'latest', said_latest),
                   'published', json_build_object('earliest', published_earliest, 'latest', published_latest)),
                 'validFrom', valid_from, 'standing', standing,
                 'standingClaims', coalesce((
                   select json_agg(json_build_object(
                            'statement', claim.statement, 'value', claim.value,
                            'scope', claim.scope, 'condition', claim.condition) order by claim.place)
                     from reference.standing_claim as claim
                    where claim.actor = position.actor
                      and claim.matter = position.matter
                      and claim.facet = position.facet), '[]'::json),
                 'entailedFrom', entailed_from, 'contestedBy', contested_by, 'exceptions', exceptions,
                 'possible', json_build_array(), 'stale', null) as item
          from reference.position
         where (actor, matter, facet) > ($1, $2, $3)
         order by actor, matter, facet
         limit 50) as page`

/** A page of 50 changes after a key ($1 to $5). */
export const CHANGE_PAGE = `
select json_build_object('items', json_agg(item), 'next', json_agg(id))::text as page
  from (select id,
               json_build_object(
                 'id', id, 'actor', actor, 'dossier', dossier, 'matter', matter, 'facet', facet, 'kind', kind,
                 'from', from_value, 'to', to_value, 'order', claim_order, 'statement', statement_id,
                 'validFrom', valid_from, 'entailedFrom', entailed_from, 'reversesEarlier', reverses_earlier,
                 'revision', revision, 'revoked', revoked) as item
          from generation_1.change
         where not revoked
           and (dossier, valid_from, actor, track_order, id) > ($1, $2::date, $3, $4::int, $5::uuid)
         order by dossier, valid_from, actor, track_order, id
         limit 50) as page`
