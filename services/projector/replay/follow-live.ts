import type { Client } from '#libs/postgres/database.js'
import { SOURCE_TOPIC_ROLES, type SourceTopicRole } from '#libs/contracts/topics.js'
import { Projection } from '../batch/projection.js'
import { createCheckpoints, readCheckpoints, type Checkpoints } from '../checkpoints/checkpoints.js'
import { decodeRecord, type DecodedRecord } from '../records/decode-record.js'
import { partitionOf } from '../records/home-partition.js'
import { placeKey } from '../records/incoming-record.js'
import type { Reducers } from '../tracks/reducers.js'
import { readJournalRange } from './read-journal-range.js'
import { unreadableRecords } from './unreadable-records.js'

export interface FollowOptions {
  readonly generation: number
  readonly topicPrefix: string
  readonly reducers: Reducers
  readonly onProjected?: (count: number) => void
}

/** Brings a candidate on, batch by batch, with the projector's own code: from the journal, publishing nothing. */
export class LiveFollower {
  readonly #projection: Projection

  /** @param client its own: batches are transactions of it */
  constructor(
    readonly client: Client,
    readonly options: FollowOptions,
  ) {
    this.#projection = new Projection({
      generation: options.generation,
      partitionOf,
      topicPrefix: options.topicPrefix,
      cache: CACHE,
      publishes: false,
      reducers: options.reducers,
      onParked: () => undefined,
    })
  }

  /**
   * Reads on to where `target` stands, exactly, the registry first. What it has committed stays when it is stopped.
   * @param only leaves the other topics alone
   * @throws what `signal` was aborted with, between two batches
   */
  async followTo(target: Checkpoints, signal: AbortSignal, only?: SourceTopicRole): Promise<void> {
    const { generation } = this.options
    const own = await readCheckpoints(this.client, generation)
    const behind = stretchesOf(own, target).filter(({ topic }) => only === undefined || topic === only)
    await createCheckpoints(this.client, generation, behind)
    const unreadable = behind.length === 0 ? new Map<string, string>() : await unreadableRecords(this.client)
    const registry = behind.filter(({ topic }) => topic === 'registry')
    const others = behind.filter(({ topic }) => topic !== 'registry')
    for (const stretches of [registry, others])
      for await (const batch of batchesOf(this.client, stretches, unreadable)) {
        signal.throwIfAborted()
        await this.#projection.project(this.client, batch)
        this.options.onProjected?.(batch.length)
      }
  }

  /** Rows were changed beside it: what it holds in memory tells of what was. */
  forget(): void {
    this.#projection.forget()
  }
}

const CACHE = { statementsMax: 100_000, packedBytesMax: 67_108_864 }
const BATCH_RECORDS = 4_000

interface Stretch {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly from: number
  readonly until: number
}

const stretchesOf = (own: Checkpoints, target: Checkpoints): Stretch[] =>
  [...target.byPartition].flatMap(([key, { nextOffset: until }]) => {
    const [topic = '', partition = ''] = key.split('/')
    const known = own.byPartition.get(key)
    const from = known?.nextOffset ?? 0
    if (known !== undefined && from >= until) return []
    return [
      {
        topic: SOURCE_TOPIC_ROLES.find((role) => role === topic) ?? 'statements',
        partition: Number(partition),
        from,
        until,
      },
    ]
  })

/** Records of several partitions in batches for one transaction each; nothing is being read while a batch is handed out. */
async function* batchesOf(
  client: Client,
  stretches: readonly Stretch[],
  unreadable: ReadonlyMap<string, string>,
): AsyncGenerator<DecodedRecord[]> {
  let batch: DecodedRecord[] = []
  for (const { topic, partition, from, until } of stretches) {
    // a record answers for the offsets before it that hold none
    let coversFrom = from
    for (let start = from; start < until;) {
      const end = Math.min(until, start + BATCH_RECORDS - batch.length)
      for await (const records of readJournalRange(client, { topic, partition, from: start, until: end }))
        for (const record of records) {
          const why = unreadable.get(placeKey(record))
          batch.push(decodeRecord({ ...record, coversFrom, ...(why && { unreadable: why }) }, partitionOf))
          coversFrom = record.offset + 1
        }
      start = end
      if (batch.length >= BATCH_RECORDS) {
        yield batch
        batch = []
      }
    }
  }
  if (batch.length > 0) yield batch
}
