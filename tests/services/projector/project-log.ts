import { connect } from '#libs/postgres/database.js'
import type { DatabaseConfig } from '#libs/postgres/config.js'
import type pg from 'pg'
import { createCheckpoints } from '#services/projector/checkpoints/checkpoints.js'
import { Projection, type BatchReport } from '#services/projector/batch/projection.js'
import type { TrackCacheBounds } from '#services/projector/tracks/cache/track-cache.js'
import { decodeRecord } from '#services/projector/records/decode-record.js'
import { partitionKey, type IncomingRecord } from '#services/projector/records/incoming-record.js'
import { partitionOf } from './records.js'

export interface TestProjector extends AsyncDisposable {
  readonly client: pg.Client
  readonly projection: Projection
  /** Projects records as one batch of the registry and one of the rest. */
  project(records: readonly IncomingRecord[]): Promise<BatchReport[]>
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>
}

const CACHE: TrackCacheBounds = { statementsMax: 200_000, packedBytesMax: 100_000_000 }

/** A projection on a connection of its own, into the live generation of a test database. */
export const openTestProjector = async (
  config: DatabaseConfig,
  { cache = CACHE, pipeline = true }: { cache?: TrackCacheBounds; pipeline?: boolean } = {},
): Promise<TestProjector> => {
  const options = {
    applicationName: 'ledger tests',
    onIdleError: () => undefined,
    searchPath: ['generation_1', 'ledger'],
    pipeline,
  }
  const client = await connect(config, options)
  const projection = new Projection({
    generation: 1,
    partitionOf,
    topicPrefix: '',
    cache,
    onParked: ({ error }) => {
      throw error
    },
  })
  const known = new Set<string>()
  return {
    client,
    projection,
    project: async (records) => {
      const partitions = [...new Map(records.map((record) => [partitionKey(record), record])).values()]
      await createCheckpoints(
        client,
        1,
        partitions.filter((one) => !known.has(partitionKey(one))),
      )
      partitions.forEach((one) => known.add(partitionKey(one)))
      const decoded = records.map((record) => decodeRecord(record, partitionOf))
      const registry = decoded.filter(({ topic }) => topic === 'registry')
      const rest = decoded.filter(({ topic }) => topic !== 'registry')
      const reports: BatchReport[] = []
      for (const batch of [registry, rest]) if (batch.length > 0) reports.push(await projection.project(client, batch))
      return reports
    },
    rows: async (sql, values = []) => (await client.query<Record<string, unknown>>(sql, values)).rows,
    [Symbol.asyncDispose]: () => client.end(),
  }
}
