import { setTimeout } from 'node:timers/promises'
import { SOURCE_TOPIC_ROLES } from '#libs/contracts/topics.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { offsetRanges } from '#libs/kafka/topics.js'
import { textColumn, unnestColumns } from '#libs/postgres/text-columns.js'
import type { DatabaseSession } from '../database-session.js'

/**
 * Notes where each partition ends, every second, until it is aborted: a partition in which nothing happens has no record
 * that could tell that an instant is covered (docs/design.md 4, `knownAt`). What fails is noted a second later.
 */
export const watchEndOffsets = async (
  kafka: KafkaConnection,
  session: DatabaseSession,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      await noteEndOffsets(kafka, session)
    } catch (error) {
      onFailure(error)
      await session.renew()
    }
    await setTimeout(EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}

const EVERY_MS = 1_000
/** By how much the broker's clock may be ahead of ours. */
const CLOCKS_DIFFER_MS = 500

const noteEndOffsets = async (kafka: KafkaConnection, session: DatabaseSession): Promise<void> => {
  const fetchedAt = new Date(Date.now() - CLOCKS_DIFFER_MS).toISOString()
  const ends = [...(await offsetRanges(kafka, SOURCE_TOPIC_ROLES))].map(([key, { end }]) => [...key.split('/'), end])
  const client = await session.client()
  await client.query(NOTE_END_OFFSETS, [
    textColumn(ends.map(([topic]) => String(topic))),
    textColumn(ends.map(([, partition]) => String(partition))),
    textColumn(ends.map(([, , end]) => String(end))),
    fetchedAt,
  ])
}

/** Of two projectors that ask at once, the later answer stands. */
const NOTE_END_OFFSETS = `
  insert into ledger.end_offset (
    topic,
    partition,
    end_offset,
    fetched_at
  )
  select topic,
         partition,
         end_offset,
         $4
    from ${unnestColumns(['text', 'int', 'bigint'])} as ends (topic, partition, end_offset)
   order by topic, partition
  on conflict (topic, partition) do update
     set end_offset = excluded.end_offset,
         fetched_at = excluded.fetched_at
   where end_offset.fetched_at < excluded.fetched_at`
