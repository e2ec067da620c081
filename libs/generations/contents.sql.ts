/**
 * What of a generation's tables is compared, beside tracks: each row as a name and its content. Revisions, revoked rows and
 * the instants at which something came to be said are left out: they tell of the order in which the live generation heard
 * of things, and a promotion carries them over.
 */
export const CONTENTS = {
  statement: {
    table: 'statement',
    name: 'id',
    content: `concat_ws('|', dossier, speaker, office, act, said_earliest, said_latest, published_earliest, matters, actors,
                        hidden, merged_into, applied_records, recorded_at, last_recorded_at, state)`,
  },
  outcome: {
    table: 'outcome',
    name: `concat_ws('/', topic, partition, record_offset)`,
    content: `concat_ws('|', event_id, type, subject, dossier, outcome, code, detail, pointer, missing, names)`,
  },
  entity: {
    table: 'registry_entity',
    name: `concat_ws(' ', kind, id)`,
    content: `concat_ws('|', dossier, body)`,
  },
} as const
export type ContentKind = keyof typeof CONTENTS

/** Rows and the sum of their hashes, by bucket of their names: equal sums mean equal rows. */
export const DIGEST_CONTENTS = (schema: string, kind: ContentKind): string => {
  const { table, name, content } = CONTENTS[kind]
  return `
  select abs(hashtext(${name})) % ${BUCKETS} as bucket,
         count(*) as rows,
         sum(hashtextextended(${name} || '|' || ${content}, 0))::text as digest
    from ${schema}.${table}
   group by bucket`
}

export const BUCKETS = 1_024

/** The rows of some buckets, by the hash of what they hold. */
export const LIST_CONTENTS = (schema: string, kind: ContentKind): string => {
  const { table, name, content } = CONTENTS[kind]
  return `
  select ${name} as name,
         md5(${content}) as digest
    from ${schema}.${table}
   where abs(hashtext(${name})) % ${BUCKETS} = any($1::int[])`
}

/** A track without rows and one that is not there are the same. */
export const LIST_TRACKS = (schema: string): string => `
  select dossier,
         actor,
         statements,
         digest,
         stale_code as "staleCode"
    from ${schema}.track
   where digest <> repeat('0', 24)
      or stale_code is not null`

const OF_TRACKS = `unnest($1::text[], $2::text[]) as wanted (actor, dossier)`

export const POSITIONS_OF_TRACKS = (schema: string): string => `
  select position.actor,
         position.dossier,
         position.matter,
         position.facet,
         position.value,
         position.statement_id as "statement",
         md5(position.body) as digest
    from ${OF_TRACKS}
    join ${schema}.position using (actor, dossier)`

export const CHANGES_OF_TRACKS = (schema: string): string => `
  select change.actor,
         change.dossier,
         change.id::text as name,
         concat_ws('|', kind, matter, facet, statement_id, from_value, to_value, claim_order, valid_from, entailed_from,
                   reverses_earlier, track_order) as content
    from ${OF_TRACKS}
    join ${schema}.change using (actor, dossier)
   where not change.revoked`

export const CONFLICTS_OF_TRACKS = (schema: string): string => `
  select conflict.actor,
         conflict.dossier,
         conflict.id::text as name,
         concat_ws('|', kind, facet, matters, statement_ids, valid_from, settled_by, track_order) as content
    from ${OF_TRACKS}
    join ${schema}.conflict using (actor, dossier)
   where not conflict.revoked`

export const COUNT_ROWS = (schema: string): string => `
  select (select count(*) from ${schema}.registry_entity) as entities,
         (select count(*) from ${schema}.statement) as statements,
         (select count(*) from ${schema}.track where digest <> repeat('0', 24) or stale_code is not null) as tracks,
         (select count(*) from ${schema}.position) as positions,
         (select count(*) from ${schema}.change where not revoked) as changes,
         (select count(*) from ${schema}.conflict where not revoked) as conflicts,
         (select count(*) from ${schema}.outcome where outcome = 'duplicate') as duplicates,
         (select count(*) from ${schema}.outcome where outcome in ('pending', 'waiting')) as pending,
         (select count(*) from ${schema}.outcome where outcome = 'quarantined') as quarantined,
         (select count(*) from ${schema}.outcome where outcome in ('stale', 'dismissed')) as "staleOrDismissed"`
