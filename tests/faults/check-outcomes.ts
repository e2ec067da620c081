import type { FaultyLedger } from './faulty-ledger.js'
import type { Acknowledged } from './load.js'

/**
 * Whether each of these records has an outcome, and each event took effect once at most.
 * @param some records, with all others of their events. All of a long run take seconds, those of a round are cheap
 * @returns what is wrong, in sentences
 */
export const checkOutcomes = async (
  ledger: FaultyLedger,
  some: readonly Acknowledged[],
): Promise<readonly string[]> => {
  const schema = await liveSchema(ledger)
  const columns = [
    some.map(({ event }) => event),
    some.map(({ place }) => place.topicRole),
    some.map(({ place }) => place.partition),
    some.map(({ place }) => String(place.offset)),
  ]
  const lost = await ledger.rows<{ place: string }>(LOST(schema), columns)
  const twice = await ledger.rows<{ id: string }>(APPLIED_TWICE(schema), columns)
  const counted = await ledger.rows<{ id: string }>(COUNTED_TWICE(schema))
  return [
    ...lost.slice(0, SHOWN).map(({ place }) => `${place} was acknowledged and has no outcome`),
    ...twice.slice(0, SHOWN).map(({ id }) => `the event ${id} was applied by two records`),
    ...counted.slice(0, SHOWN).map(({ id }) => `a record took effect twice on the statement ${id}`),
    ...ledger.deaths,
  ]
}

/** The records from one on, and the earlier ones of the same events: an event may have been published again. */
export const withSameEvents = (all: readonly Acknowledged[], from: number): readonly Acknowledged[] => {
  const events = new Set(all.slice(from).map(({ event }) => event))
  return all.filter(({ event }) => events.has(event))
}

const SHOWN = 5

export const liveSchema = async (ledger: FaultyLedger): Promise<string> => {
  const [live] = await ledger.rows<{ name: string }>(
    `select schema_name as name from ledger.generation where status = 'live'`,
  )
  if (live === undefined) throw new Error('no generation is live')
  return live.name
}

const ACKNOWLEDGED = `unnest($1::text[], $2::text[], $3::int[], $4::bigint[])
      as acknowledged (event, topic, partition, record_offset)`

/** Acknowledged places at which the journal has not that event, or the live generation has no outcome for it. */
const LOST = (schema: string) => `
  select acknowledged.event || ' at ' || topic || '/' || partition || '/' || record_offset as place
    from ${ACKNOWLEDGED}
    left join ledger.journal using (topic, partition, record_offset)
    left join ${schema}.record_outcome using (topic, partition, record_offset)
   where record_outcome.outcome is null
      or journal.record_value::json ->> 'id' is distinct from acknowledged.event`

const APPLIED_TWICE = (schema: string) => `
  select acknowledged.event as id
    from ${ACKNOWLEDGED}
    join ${schema}.record_outcome using (topic, partition, record_offset)
   where record_outcome.outcome = 'applied'
   group by acknowledged.event
  having count(*) > 1`

const COUNTED_TWICE = (schema: string) => `
  select id
    from (select id, unnest(applied_records) as place from ${schema}.statement) as applied
   group by id, place
  having count(*) > 1`
