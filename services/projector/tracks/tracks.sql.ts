import { unnestColumns } from '#libs/postgres/text-columns.js'

const WANTED = `${unnestColumns(['text', 'text'])} as wanted (actor, dossier)`

export const FIND_TRACKS = `
  select track.actor,
         track.dossier,
         track.digest,
         track.statements
    from ${WANTED}
    join track using (actor, dossier)`

/** Tracks of these actors, and all tracks of these dossiers. */
export const FIND_TRACKS_OF = `
  select actor,
         dossier
    from track
   where actor = any(string_to_array($1, chr(31)))
      or dossier = any(string_to_array($2, chr(31)))`

/** Tracks with a position on a matter that contains another one, and which that is. */
export const FIND_TRACKS_ABOVE = `
  select distinct
         position.actor,
         position.dossier,
         above.matter
    from ${unnestColumns(['text', 'text'])} as above (matter, broader)
    join position on position.matter = above.broader`

export const LOAD_POSITIONS = `
  select position.actor,
         position.dossier,
         position.matter,
         position.facet,
         position.body
    from ${WANTED}
    join position using (actor, dossier)`

export const LOAD_CHANGES = `
  select change.id,
         change.actor,
         change.dossier,
         change.kind,
         change.from_value as "from",
         change.to_value as "to",
         change.claim_order as "order",
         change.valid_from as "validFrom",
         change.entailed_from as "entailedFrom",
         change.reverses_earlier as "reversesEarlier",
         change.track_order as "trackOrder",
         change.revision,
         change.revoked
    from ${WANTED}
    join change using (actor, dossier)`

export const LOAD_CONFLICTS = `
  select conflict.id,
         conflict.actor,
         conflict.dossier,
         conflict.kind,
         conflict.valid_from as "validFrom",
         conflict.settled_by as "settledBy",
         conflict.track_order as "trackOrder",
         conflict.revision,
         conflict.revoked
    from ${WANTED}
    join conflict using (actor, dossier)`

export const UPSERT_TRACKS = `
  insert into track (
    actor,
    dossier,
    statements,
    version,
    digest,
    stale_code,
    recorded_at
  )
  select actor,
         dossier,
         statements,
         1,
         digest,
         null,
         recorded_at
    from ${unnestColumns(['text', 'text', 'int', 'text', 'timestamptz'])}
      as folded (actor, dossier, statements, digest, recorded_at)
  on conflict (actor, dossier) do update
     set statements = excluded.statements,
         version = track.version + 1,
         digest = excluded.digest,
         stale_code = null,
         recorded_at = excluded.recorded_at`

/** A fold failed: what the track held stays, marked. */
export const MARK_TRACKS_STALE = `
  insert into track (
    actor,
    dossier,
    statements,
    version,
    digest,
    stale_code,
    recorded_at
  )
  select actor,
         dossier,
         0,
         1,
         repeat('0', 24),
         stale_code,
         recorded_at
    from ${unnestColumns(['text', 'text', 'text', 'timestamptz'])} as parked (actor, dossier, stale_code, recorded_at)
  on conflict (actor, dossier) do update
     set version = track.version + 1,
         stale_code = excluded.stale_code,
         recorded_at = excluded.recorded_at`

/** No indexed column among them, so that Postgres can keep the new row on the page of the old one. */
export const UPDATE_POSITIONS = `
  update position
     set value = held.value,
         role = held.role,
         statement_id = held.statement_id,
         authority = held.authority,
         valid_from = held.valid_from,
         entailed_from = held.entailed_from,
         contested = held.contested,
         body = held.body
    from ${unnestColumns([
      ...['text', 'text', 'text', 'text', 'text', 'text', 'text'],
      ...['date', 'text', 'boolean', 'text'],
    ])} as held (
           actor, matter, facet, value, role, statement_id, authority,
           valid_from, entailed_from, contested, body
         )
   where position.actor = held.actor
     and position.matter = held.matter
     and position.facet = held.facet`

export const DELETE_POSITIONS = `
  delete from position
   using ${unnestColumns(['text', 'text', 'text'])} as gone (actor, matter, facet)
   where position.actor = gone.actor
     and position.matter = gone.matter
     and position.facet = gone.facet`

/** Changes that were asserted before, revoked or otherwise, and are asserted now. */
export const UPDATE_CHANGES = `
  update change
     set from_value = asserted.from_value,
         to_value = asserted.to_value,
         claim_order = asserted.claim_order,
         valid_from = asserted.valid_from,
         entailed_from = asserted.entailed_from,
         reverses_earlier = asserted.reverses_earlier,
         track_order = asserted.track_order,
         revision = asserted.revision,
         revoked = false,
         recorded_at = asserted.recorded_at
    from ${unnestColumns([
      ...['uuid', 'text', 'text', 'text', 'date'],
      ...['text', 'boolean', 'int', 'int', 'timestamptz'],
    ])} as asserted (
           id, from_value, to_value, claim_order, valid_from,
           entailed_from, reverses_earlier, track_order, revision, recorded_at
         )
   where change.id = asserted.id`

export const REVOKE_CHANGES = `
  update change
     set revision = change.revision + 1,
         revoked = true,
         recorded_at = untrue.recorded_at
    from ${unnestColumns(['uuid', 'timestamptz'])} as untrue (id, recorded_at)
   where change.id = untrue.id
  returning change.id,
            change.actor,
            change.dossier,
            change.matter,
            change.facet,
            change.kind,
            change.from_value as "from",
            change.to_value as "to",
            change.claim_order as "order",
            change.statement_id as "statement",
            change.valid_from as "validFrom",
            change.entailed_from as "entailedFrom",
            change.reverses_earlier as "reversesEarlier",
            change.revision`

export const UPDATE_CONFLICTS = `
  update conflict
     set kind = opened.kind,
         valid_from = opened.valid_from,
         settled_by = opened.settled_by,
         track_order = opened.track_order,
         revision = opened.revision,
         revoked = false,
         recorded_at = opened.recorded_at
    from ${unnestColumns(['uuid', 'text', 'date', 'text', 'int', 'int', 'timestamptz'])} as opened (
           id, kind, valid_from, settled_by, track_order, revision, recorded_at
         )
   where conflict.id = opened.id`

export const REVOKE_CONFLICTS = `
  update conflict
     set revision = conflict.revision + 1,
         revoked = true,
         recorded_at = untrue.recorded_at
    from ${unnestColumns(['uuid', 'timestamptz'])} as untrue (id, recorded_at)
   where conflict.id = untrue.id
  returning conflict.id,
            conflict.actor,
            conflict.dossier,
            conflict.kind,
            conflict.facet,
            conflict.matters,
            conflict.statement_ids as "statements",
            conflict.valid_from as "validFrom",
            conflict.settled_by as "settledBy",
            conflict.revision`
