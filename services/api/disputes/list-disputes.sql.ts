import { cursorOf, keyText } from '../reads/cursors.js'

/** Direct positions on facts, as stored: what disputes are made of. Null filters let all through. */
export const FACT_POSITIONS = (schema: string): string => `
select body
  from ${schema}.position
 where facet = 'FACT'
   and entailed_from is null
   and ($1::text is null or matter = $1)
   and ($2::text is null or dossier = $2)
 limit $3`

export const DISPUTES_CURSOR = cursorOf('disputes', [keyText, keyText, keyText])
