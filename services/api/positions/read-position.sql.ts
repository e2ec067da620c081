import { unnestColumns } from '#libs/postgres/text-columns.js'
import type { GenerationQuery } from '../reads/snapshot.js'
import { POSITION_BODY } from './position-body.sql.js'

/**
 * Stored bodies by key, a line each, in the order asked for; an empty line where there is none. An aggregate takes the rows
 * of a sorted subquery in their order. One row comes back: a row of each would cost the driver more than finding it.
 */
export const READ_POSITIONS: GenerationQuery = {
  name: 'read-positions',
  text: (schema) => `
select (select id from ledger.generation where status = 'live') as live,
       string_agg(body, E'\\n') as bodies
  from (select coalesce(${POSITION_BODY(schema)}, '') as body
          from ${unnestColumns(['text', 'text', 'text'])} with ordinality as wanted (actor, matter, facet, place)
          left join ${schema}.position
            on position.actor = wanted.actor
           and position.matter = wanted.matter
           and position.facet = wanted.facet
         order by wanted.place) as found`,
}

/** One stored body, or none; and why the fold of the actor's track in the dossier ($4) fails, if it does. */
export const READ_POSITION_BODY = (schema: string): string => `
select (select ${POSITION_BODY(schema)}
          from ${schema}.position
         where actor = $1
           and matter = $2
           and facet = $3) as body,
       (select stale_code
          from ${schema}.track
         where actor = $1
           and dossier = $4) as "staleCode"`

/** All actors' positions on one matter and facet. */
export const READ_CONDITION_POSITIONS = (schema: string): string => `
select body
  from ${schema}.position
 where matter = $1
   and facet = $2
 order by actor
 limit 1000`
