/**
 * The body of a row of `position`, marked where the fold of its track fails: the track is noted as stale, its bodies are
 * left as they are. `stale` is their last field. While no track is stale, this is one look for all rows of a query.
 */
export const POSITION_BODY = (schema: string): string => `
    case when (select exists (select from ${schema}.track where stale_code is not null))
         then coalesce((select left(position.body, -length('null}')) || '"' || track.stale_code || '"}'
                          from ${schema}.track
                         where track.actor = position.actor
                           and track.dossier = position.dossier
                           and track.stale_code is not null), position.body)
         else position.body
     end`
