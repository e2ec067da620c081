import type { FaultyLedger } from './faulty-ledger.js'
import type { Acknowledged } from './load.js'

/** Cheap enough for every round. @returns what is wrong, in sentences */
export const checkOutcomes = async (
  ledger: FaultyLedger,
  acknowledged: readonly Acknowledged[],
): Promise<readonly string[]> => {
  const schema = await liveSchema(ledger)
  const lost = await ledger.rows<{ place: string }>(LOST(schema), [
    acknowledged.map(({ event }) => event),
    acknowledged.map(({ place }) => place.topicRole),
    acknowledged.map(({ place }) => place.partition),
    acknowledged.map(({ place }) => String(place.offset)),
  ])
  const twice = await ledger.rows<{ id: string }>(APPLIED_TWICE(schema))
  const counted = await ledger.rows<{ id: string }>(COUNTED_TWICE(schema))
  return [
    ...lost.slice(0, SHOWN).map(({ place }) => `${place} was acknowledged and has no outcome`),
    ...twice.slice(0, SHOWN).map(({ id }) => `the event ${id} was applied by two records`),
    ...counted.slice(0, SHOWN).map(({ id }) => `a record took effect twice on the statement ${id}`),
    ...ledger.deaths,
  ]
}

const SHOWN = 5

export const liveSchema = async (ledger: FaultyLedger): Promise<string> => {
  const [live] = await ledger.rows<{ name: string }>(
    `select schema_name as name from ledger.generation where status = 'live'`,
  )
  if (live === undefined) throw new Error('no generation is live')
  return live.name
}

/** Acknowledged places at which the journal has not that event, or the live generation has no outcome for it. */
const LOST = (schema: string) => `
  select acknowledged.event || ' at ' || topic || '/' || partition || '/' || record_offset as place
    from unnest($1::text[], $2::text[], $3::int[], $4::bigint[])
      as acknowledged (event, topic, partition, record_offset)
    left join ledger.journal using (topic, partition, record_offset)
    left join ${schema}.record_outcome using (topic, partition, record_offset)
   where record_outcome.outcome is null
      or journal.record_value::json ->> 'id' is distinct from acknowledged.event`

const APPLIED_TWICE = (schema: string) => `
  select journal.record_value::json ->> 'id' as id
    from ${schema}.record_outcome
    join ledger.journal using (topic, partition, record_offset)
   where record_outcome.outcome = 'applied'
   group by 1
  having count(*) > 1`

const COUNTED_TWICE = (schema: string) => `
  select id
    from (select id, unnest(applied_records) as place from ${schema}.statement) as applied
   group by id, place
  having count(*) > 1`
