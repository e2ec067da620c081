import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { Client } from '#libs/postgres/database.js'
import type { StatementQueue } from '#libs/postgres/statement-queue.js'
import { textColumn } from '#libs/postgres/text-columns.js'
import { partitionKey, type RecordPlace } from '../records/incoming-record.js'
import { ADVANCE_CHECKPOINTS, CREATE_CHECKPOINTS, READ_CHECKPOINTS } from './checkpoints.sql.js'
import { CheckpointLost } from './halt.js'

export interface Checkpoint {
  readonly nextOffset: number
  /** Of the last record below it, in milliseconds; instants never go back within a partition. */
  readonly recordedAtMs: number
}

/** A generation by its id, or whichever is live. */
export type GenerationChoice = number | 'live'

/** Where one generation stands, as one query saw it. */
export interface Checkpoints {
  readonly generation: number
  readonly schemaName: string
  /** The fold that made it. */
  readonly reducer: string
  readonly epoch: number
  /** By `partitionKey`. */
  readonly byPartition: ReadonlyMap<string, Checkpoint>
}

export type Partition = Omit<RecordPlace, 'offset'>

export const START: Checkpoint = { nextOffset: 0, recordedAtMs: 0 }

export const readCheckpoints = async (client: Client, generation: GenerationChoice): Promise<Checkpoints> => {
  const { rows } = await client.query<CheckpointRow>({
    name: 'read-checkpoints',
    text: READ_CHECKPOINTS,
    values: [generation === 'live' ? null : generation],
  })
  const first = rows[0]
  if (first === undefined)
    throw new Error(generation === 'live' ? NONE_LIVE : `generation ${generation} does not exist`)
  const known = rows.flatMap((row) => (row.topic === null ? [] : [checkpointOf(row as CheckpointRow & Partition)]))
  const { generation: id, schemaName, reducer, epoch } = first
  return { generation: id, schemaName, reducer, epoch, byPartition: new Map(known) }
}

const NONE_LIVE = 'no generation is live: has this database been migrated?'

/** Makes checkpoints for partitions that have none. In a transaction of its own, before the first batch. */
export const createCheckpoints = async (
  client: Client,
  generation: number,
  partitions: readonly Partition[],
): Promise<void> => {
  if (partitions.length === 0) return
  await client.query(CREATE_CHECKPOINTS, [generation, ...partitionColumns(partitions)])
}

export interface Advance extends Partition {
  readonly from: number
  readonly to: Checkpoint
}

/** Moves checkpoints by compare-and-set, and announces it. @throws CheckpointLost if another projector moved one */
export const advanceCheckpoints = async (
  client: Pick<StatementQueue, 'query'>,
  generation: number,
  advances: readonly Advance[],
): Promise<void> => {
  const { rows } = await client.query<{ advanced: number }>({
    name: 'advance-checkpoints',
    text: ADVANCE_CHECKPOINTS,
    values: [
      generation,
      ...partitionColumns(advances),
      textColumn(advances.map(({ from }) => from)),
      textColumn(advances.map(({ to }) => to.nextOffset)),
      textColumn(advances.map(({ to }) => new Date(to.recordedAtMs).toISOString())),
    ],
  })
  if (rows[0]?.advanced !== advances.length) throw new CheckpointLost(advances.map(partitionKey))
}

interface CheckpointRow extends Omit<Checkpoints, 'byPartition'> {
  readonly topic: SourceTopicRole | null
  readonly partition: number
  readonly nextOffset: number
  readonly recordedAt: Date | null
}

const checkpointOf = (row: CheckpointRow & Partition): [string, Checkpoint] => [
  partitionKey(row),
  { nextOffset: row.nextOffset, recordedAtMs: row.recordedAt?.getTime() ?? 0 },
]

const partitionColumns = (partitions: readonly Partition[]): string[] => [
  textColumn(partitions.map(({ topic }) => topic)),
  textColumn(partitions.map(({ partition }) => partition)),
]
