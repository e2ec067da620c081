import { SOURCE_TOPIC_ROLES } from '#libs/contracts/topics.js'
import type { Client } from '#libs/postgres/database.js'
import { topicNamesWith } from '../batch/batch-work.js'
import { partitionOf } from '../records/home-partition.js'
import { placeKey, type RecordPlace } from '../records/incoming-record.js'
import { readRegistryRecords } from '../records/read-journal.js'

export type ReleasedRecord = RecordPlace & { readonly decidedAt: string }

/** The records that operators have released, as the registry says, with the instant of the last such decision on each. */
export const releasedRecords = async (
  client: Client,
  registryUntil: number,
  topicPrefix: string,
): Promise<ReleasedRecord[]> => {
  const names = topicNamesWith(topicPrefix)
  const released = new Map<string, ReleasedRecord>()
  for (let from = 0; from < registryUntil;) {
    const range = { from, until: registryUntil, limit: RECORDS_A_QUERY }
    const records = await readRegistryRecords(client, range, partitionOf)
    for (const { record, recordedAt } of records) {
      from = record.offset + 1
      if (record.fault !== null || record.event?.type !== 'ledger.record.released.v1') continue
      const { topic: name, partition, offset } = record.event.data
      const topic = SOURCE_TOPIC_ROLES.find((role) => names[role].includes(name))
      if (topic === undefined) continue
      const place = { topic, partition, offset: Number(offset) }
      released.set(placeKey(place), { ...place, decidedAt: recordedAt })
    }
    if (records.length === 0) break
  }
  return [...released.values()]
}

const RECORDS_A_QUERY = 5_000
