/**
 * Whether a statement was taken down, or the one that it was found to be the same utterance as: a condition.
 * @param ids SQL of a text[]: any of them
 */
export const takenDown = (schema: string, ids: string): string => `exists (
         with recursive utterance as (
           select merged_into, hidden
             from ${schema}.statement
            where id = any(${ids})
            union
           select survivor.merged_into, survivor.hidden
             from utterance
             join ${schema}.statement as survivor
               on survivor.id = utterance.merged_into
         )
         select from utterance where hidden)`
