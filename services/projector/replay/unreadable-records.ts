import type { Client } from '#libs/postgres/database.js'
import { liveGeneration } from '#libs/postgres/generation.js'
import { placeKey, type RecordPlace } from '../records/incoming-record.js'
import { UNREADABLE_RECORDS } from './replay.sql.js'

/** Why records could not be read, by `placeKey`: the journal has nothing of theirs, so the live outcomes have to tell. */
export const unreadableRecords = async (client: Client): Promise<Map<string, string>> => {
  const live = await liveGeneration(client)
  const { rows } = await client.query<RecordPlace & { detail: string | null }>(UNREADABLE_RECORDS(live.schemaName))
  return new Map(rows.map(({ detail, ...place }) => [placeKey(place), detail ?? '']))
}
