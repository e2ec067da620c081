/** Positions of a dossier on one facet, direct and entailed, without their bodies. Null filters let all through. */
export const MATRIX_POSITIONS = (schema: string): string => `
select actor,
       matter,
       value,
       statement_id as statement,
       authority,
       valid_from as "validFrom",
       entailed_from as "entailedFrom",
       contested
  from ${schema}.position
 where dossier = $1
   and facet = $2
   and ($3::text[] is null or matter = any($3))
   and ($4::text[] is null or authority = any($4))
 limit $5`
