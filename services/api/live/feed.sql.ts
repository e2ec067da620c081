import { takenDown } from '../statements/taken-down.sql.js'

/**
 * The feed after number $1, at most $2 of it, and how far it goes. Where there is nothing new no row of the outbox is
 * touched: they may be a million characters long, and pollers ask all day.
 */
export const READ_FEED = `
select (select id from ledger.generation where status = 'live') as live,
       relay.last_number as newest,
       feed.number,
       feed.announced_at,
       feed.announced
  from ledger.relay
  left join lateral ledger.changes_after($1::bigint, case when relay.last_number > $1::bigint then $2::int else 0 end) as feed
    on true
 order by feed.number`

/** Which of the statements $1 were taken down. Nearly none is hidden or merged away: only those are looked at closely. */
export const TAKEN_DOWN_AMONG = (schema: string): string => `
select (select id from ledger.generation where status = 'live') as live,
       array(select suspect.id
               from ${schema}.statement as suspect
              where suspect.id = any($1::text[])
                and (suspect.hidden or suspect.merged_into is not null)
                and ${takenDown(schema, 'array[suspect.id]')}) as taken_down`

/** The last row of the outbox that has no number yet; 0: all that was projected has. */
export const LAST_UNNUMBERED = `
select (select id from ledger.generation where status = 'live') as live,
       coalesce((select max(id)
                   from ledger.outbox
                  where published_at is null
                    and sequence is null
                    and topic = 'changes'), 0) as last`

/** Whether rows up to $1 wait for their numbers. */
export const HAS_UNNUMBERED = `
select (select id from ledger.generation where status = 'live') as live,
       exists (select from ledger.outbox
                where published_at is null
                  and sequence is null
                  and topic = 'changes'
                  and id <= $1) as waits`
