/**
 * What a promotion carries over from the live generation, and what it finds to be different. `live` and `own` are schemas;
 * the tracks concerned stand in the temporary table carried_track (actor, dossier, version, differs).
 *
 * Revisions, revoked rows and the instants of recording are the history of what was published. No fold gives them again, so
 * they are taken over; a row that differs is one more revision.
 */
export const CREATE_CARRIED = `
  create temporary table if not exists carried_track (
    actor text collate "C" not null,
    dossier text collate "C" not null,
    version bigint not null,
    differs boolean not null,
    primary key (actor, dossier)
  )`

/** All tracks of both, with the version at which the live one stands: what moves after this is carried over once more. */
export const NOTE_ALL_TRACKS = (live: string, own: string): string => `
  insert into carried_track (actor, dossier, version, differs)
  select actor,
         dossier,
         coalesce(theirs.version, 0),
         false
    from ${live}.track as theirs
    full join ${own}.track as mine using (actor, dossier)
  on conflict (actor, dossier) do update
     set version = excluded.version`

/** Leaves the tracks that have moved since they were noted, or differ. */
export const NOTE_MOVED_TRACKS = (live: string, own: string): string => `
  with track as (
    select actor,
           dossier,
           coalesce(theirs.version, 0) as version,
           coalesce(theirs.digest, repeat('0', 24)) <> coalesce(mine.digest, repeat('0', 24))
             or theirs.stale_code is distinct from mine.stale_code as differs
      from ${live}.track as theirs
      full join ${own}.track as mine using (actor, dossier)
  ), settled as (
    delete from carried_track
     using track
     where carried_track.actor = track.actor
       and carried_track.dossier = track.dossier
       and carried_track.version = track.version
       and not track.differs
  )
  insert into carried_track (actor, dossier, version, differs)
  select track.actor,
         track.dossier,
         track.version,
         track.differs
    from track
   where track.differs
      or not exists (
           select
             from carried_track
            where carried_track.actor = track.actor
              and carried_track.dossier = track.dossier
              and carried_track.version = track.version
         )
  on conflict (actor, dossier) do update
     set version = excluded.version,
         differs = excluded.differs`

/** What the candidate itself revoked on its way was never published. */
export const DROP_OWN_REVOKED = (table: 'change' | 'conflict', own: string): string => `
  delete from ${own}.${table} as mine
   using carried_track
   where mine.actor = carried_track.actor
     and mine.dossier = carried_track.dossier
     and mine.revoked`

const CHANGE_CONTENT =
  'kind, from_value, to_value, claim_order, statement_id, valid_from, entailed_from, reverses_earlier, track_order'
const CONFLICT_CONTENT = 'kind, facet, matters, statement_ids, valid_from, settled_by, track_order'
const contentOf = (table: 'change' | 'conflict', alias: string): string =>
  `row(${(table === 'change' ? CHANGE_CONTENT : CONFLICT_CONTENT).replaceAll(/(\w+)/g, `${alias}.$1`)})`

/**
 * Rows that both have get the revision that was published, or the one after it where they differ.
 * @returns ids of those that differ: $1 is the instant from which they are said
 */
export const CARRY_OVER_ROWS = (table: 'change' | 'conflict', live: string, own: string): string => `
  with compared as (
    select mine.id,
           theirs.revision,
           theirs.recorded_at,
           theirs.revoked or ${contentOf(table, 'theirs')} is distinct from ${contentOf(table, 'mine')} as differs
      from carried_track
      join ${own}.${table} as mine using (actor, dossier)
      join ${live}.${table} as theirs using (id)
  ), carried as (
    update ${own}.${table} as mine
       set revision = compared.revision + compared.differs::int,
           recorded_at = case when compared.differs then $1::timestamptz else compared.recorded_at end
      from compared
     where mine.id = compared.id
       and (compared.differs or (mine.revision, mine.recorded_at) <> (compared.revision, compared.recorded_at))
    returning mine.id, compared.differs
  )
  select id
    from carried
   where differs`

/** Rows that only the candidate has are said for the first time. @returns their ids */
export const FIRST_SAID_ROWS = (table: 'change' | 'conflict', live: string, own: string): string => `
  update ${own}.${table} as mine
     set revision = 1,
         recorded_at = $1::timestamptz
    from carried_track
   where mine.actor = carried_track.actor
     and mine.dossier = carried_track.dossier
     and not exists (select from ${live}.${table} as theirs where theirs.id = mine.id)
  returning mine.id`

/** Rows that only the live generation has stay, revoked. @returns ids of those that were not revoked before */
export const TAKE_OVER_REVOKED = (table: 'change' | 'conflict', live: string, own: string): string => {
  const columns =
    table === 'change'
      ? `id, actor, dossier, matter, facet, ${CHANGE_CONTENT}`
      : `id, actor, dossier, ${CONFLICT_CONTENT}`
  const theirs = columns.replaceAll(/(\w+)/g, 'theirs.$1')
  return `
  with taken as (
    insert into ${own}.${table} (${columns}, revision, revoked, recorded_at)
    select ${theirs},
           theirs.revision + (not theirs.revoked)::int,
           true,
           case when theirs.revoked then theirs.recorded_at else $1::timestamptz end
      from carried_track
      join ${live}.${table} as theirs using (actor, dossier)
     where not exists (select from ${own}.${table} as mine where mine.id = theirs.id)
       and (theirs.revoked or $2::boolean)
    returning id
  )
  select taken.id
    from taken
    join ${live}.${table} as theirs using (id)
   where not theirs.revoked`
}

/** Versions of tracks go on from the live ones; a track that lost all it had stays, empty. */
export const CARRY_OVER_TRACKS = (live: string, own: string): string => `
  insert into ${own}.track (actor, dossier, statements, version, digest, stale_code, recorded_at)
  select carried_track.actor,
         carried_track.dossier,
         coalesce(mine.statements, 0),
         coalesce(theirs.version, 0) + (carried_track.differs or theirs.version is null)::int,
         coalesce(mine.digest, repeat('0', 24)),
         mine.stale_code,
         case when carried_track.differs or theirs.recorded_at is null then $1::timestamptz else theirs.recorded_at end
    from carried_track
    left join ${live}.track as theirs using (actor, dossier)
    left join ${own}.track as mine using (actor, dossier)
  on conflict (actor, dossier) do update
     set version = excluded.version,
         recorded_at = excluded.recorded_at`

/** Positions of the tracks that differ: the candidate's body, or null where only the live generation has one. */
export const DIFFERING_POSITIONS = (live: string, own: string): string => `
  with theirs as (
    select position.*
      from carried_track
      join ${live}.position using (actor, dossier)
     where carried_track.differs
  ), mine as (
    select position.*
      from carried_track
      join ${own}.position using (actor, dossier)
     where carried_track.differs
  )
  select actor,
         matter,
         facet,
         mine.body
    from theirs
    full join mine using (actor, matter, facet)
   where theirs.body is distinct from mine.body
   order by actor, matter, facet`

export const CHANGES_BY_ID = (own: string): string => `
  select id,
         actor,
         dossier,
         matter,
         facet,
         kind,
         from_value as "from",
         to_value as "to",
         claim_order as "order",
         statement_id as "statement",
         valid_from as "validFrom",
         entailed_from as "entailedFrom",
         reverses_earlier as "reversesEarlier",
         revision,
         revoked
    from ${own}.change
   where id = any($1::uuid[])
   order by actor, dossier, valid_from, track_order, id`

export const CONFLICTS_BY_ID = (own: string): string => `
  select id,
         actor,
         dossier,
         kind,
         facet,
         matters,
         statement_ids as "statements",
         valid_from as "validFrom",
         settled_by as "settledBy",
         revision,
         revoked
    from ${own}.conflict
   where id = any($1::uuid[])
   order by actor, dossier, valid_from, track_order, id`

/** The old one first: one at most is live at any time. */
export const RETIRE_LIVE = `
  update ledger.generation
     set status = 'retired'
   where id = $1
     and status = 'live'`

export const MAKE_LIVE = `
  update ledger.generation
     set status = 'live',
         promoted_at = now(),
         reducer = $2,
         epoch = epoch + 1
   where id = $1
     and status <> 'live'`

export const ANNOUNCE = `select pg_notify('ledger_checkpoint', $1)`
