import { cursorOf, keyDay, keyOffset, keyText, keyInteger } from '../reads/cursors.js'
import type { PageQuery } from '../reads/page-query.js'
import { RECORD_COLUMNS } from '../events/events.sql.js'

export type StatementFilter =
  'actor' | 'speaker' | 'matter' | 'matters' | 'offices' | 'act' | 'dossier' | 'from' | 'to' | 'words'

/** The words of a statement's gist, quotes and paraphrases: as the index statement_words has it, or it is not used. */
const WORDS = `json_to_tsvector('simple', words, '["string"]')`

/** States of statements, by dossier, then the last day on which they can have been said. What was merged away is in its survivor. */
export const LIST_STATEMENTS: PageQuery<StatementFilter> = {
  table: 'statement',
  body: () => 'state',
  always: 'not hidden and merged_into is null',
  order: [
    ['dossier', 'text'],
    ['said_latest', 'date'],
    ['id', 'text'],
  ],
  conditions: {
    // what moves no position (context, or voided) has no actors: for it the coding itself is asked
    actor: `(actors @> array[$]
            or (cardinality(actors) = 0
                and state::jsonb -> 'coding' -> 'onBehalfOf' @> jsonb_build_array(jsonb_build_object('actor', $::text))))`,
    speaker: 'speaker = $',
    matter: 'matters @> array[$]',
    matters: 'matters && $::text[]',
    offices: 'office = any($)',
    act: 'act = $',
    dossier: 'dossier = $',
    from: 'said_latest >= $::date',
    to: 'said_latest <= $::date',
    words: `${WORDS} @@ websearch_to_tsquery('simple', $)`,
  },
}

export const STATEMENTS_CURSOR = cursorOf('statements', [keyText, keyDay, keyText])

/** One statement, whatever became of it; nulls where there is none of that id. */
export const READ_STATEMENT = (schema: string): string => `
select live.id as live,
       statement.hidden,
       statement.merged_into,
       statement.state
  from (select id from ledger.generation where status = 'live') as live
  left join ${schema}.statement
    on statement.id = $1`

/**
 * Records that name a statement, in the order of their partition: those that took effect on it, and those with another
 * outcome. $2 and $3 are the place of the last one of the page before.
 */
export const LIST_STATEMENT_RECORDS = (schema: string): string => `
with places as (
  select split_part(place, '.', 1)::int as partition,
         split_part(place, '.', 2)::bigint as record_offset
    from ${schema}.statement, unnest(applied_records) as place
   where id = $1
   union
  select partition, record_offset
    from ${schema}.outcome
   where topic = 'statements'
     and names @> array[$1]
)
select ${RECORD_COLUMNS}
  from places
  join ${schema}.record_outcome as record
    on record.topic = 'statements'
   and record.partition = places.partition
   and record.record_offset = places.record_offset
  join ledger.journal
    on journal.topic = record.topic
   and journal.partition = record.partition
   and journal.record_offset = record.record_offset
 where (record.partition, record.record_offset) > ($2::int, $3::bigint)
 order by record.partition, record.record_offset
 limit $4`

export const STATEMENT_EVENTS_CURSOR = cursorOf('statement-events', [keyInteger, keyOffset])
