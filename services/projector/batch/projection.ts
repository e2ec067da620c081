import { together, type Client } from '#libs/postgres/database.js'
import { CopyRows } from '#libs/postgres/copy-buffer.js'
import { StatementQueue } from '#libs/postgres/statement-queue.js'
import {
  advanceCheckpoints,
  readCheckpoints,
  type Checkpoints,
  type GenerationChoice,
} from '../checkpoints/checkpoints.js'
import { LOCK_REGISTRY_EXCLUSIVE, LOCK_REGISTRY_SHARED, MOVE_EPOCH } from '../checkpoints/checkpoints.sql.js'
import { continueFrom, type NewRecords } from '../checkpoints/continue-from.js'
import type { DecodedRecord, PartitionOf } from '../records/decode-record.js'
import { partitionKey } from '../records/incoming-record.js'
import { addJournalRow, JOURNAL_TARGET } from '../records/journal-rows.js'
import { RegistryBook } from '../registry/registry-book.js'
import { reducerNamed, type Reducers } from '../tracks/reducers.js'
import { forgetTouched } from '../tracks/cache/forget-touched.js'
import { TrackCache, type TrackCacheBounds } from '../tracks/cache/track-cache.js'
import { applyBatch } from './apply-batch.js'
import { applyRegistryBatch } from './apply-registry-batch.js'
import { foldAndWrite } from './fold-and-write.js'
import { keepTransactionAlive } from './keep-transaction-alive.js'
import { loadBatch, type BatchWork } from './batch-work.js'

export interface ProjectionOptions {
  /** Into which generation: one that stays the same, or whichever is live when a batch begins. */
  readonly generation: GenerationChoice
  readonly partitionOf: PartitionOf
  /** Prefix of the topics on the broker: operators' decisions name topics in full. */
  readonly topicPrefix: string
  /** How much of folded tracks is kept in memory. */
  readonly cache: TrackCacheBounds
  /** False for a candidate: the journal has its records already, and nobody is to hear of what they change. Default true. */
  readonly publishes?: boolean
  /** Folds beside the built-in one, for generations that name them. */
  readonly reducers?: Reducers | undefined
  /** A fold threw: its track keeps what it held, marked stale. For the log. */
  readonly onParked: (track: { readonly actor: string; readonly dossier: string; readonly error: unknown }) => void
}

/** What one batch came to, for metrics and the log. */
export interface BatchReport {
  /** Records that were new. */
  readonly recordCount: number
  readonly outcomes: ReadonlyMap<string, number>
  readonly tracksFolded: number
}

/**
 * Records in, read models out: one batch, one READ COMMITTED transaction (docs/design.md 7). Holds what is worth keeping
 * between batches (the folded registry and tracks); the database is right where they differ.
 */
export class Projection {
  readonly #registry = new RegistryBook()
  readonly #tracks: TrackCache
  /** Up to where tracks in memory are right, by partition: where this projection left it, or dropped the tracks of it. */
  readonly #heldUpTo = new Map<string, number>()
  /** Generation and epoch of the last batch. */
  #leftIn: Pick<Checkpoints, 'generation' | 'epoch'> | null = null
  /** The schema that a connection looks names up in, since a batch of it was committed. */
  readonly #schemas = new WeakMap<Client, string>()

  constructor(readonly options: ProjectionOptions) {
    this.#tracks = new TrackCache(options.cache)
  }

  /**
   * Projects a batch: records of the registry alone, or of any partitions of the other topics; those of a partition in
   * the order of their offsets.
   * @throws Halted, CheckpointLost, or what Postgres says; the transaction is rolled back then, and nothing is kept
   */
  async project(client: Client, records: readonly DecodedRecord[]): Promise<BatchReport> {
    using _alive = keepTransactionAlive(client)
    try {
      const report = await this.#projectIn(client, records)
      await client.query('commit')
      return report
    } catch (error) {
      this.forget()
      this.#schemas.delete(client)
      // where the connection is gone, so is the transaction
      await client.query('rollback').catch(() => undefined)
      throw error
    }
  }

  /** Drops what is held in memory: it may tell of what was rolled back. */
  forget(): void {
    this.#registry.reset()
    this.#tracks.clear()
    this.#heldUpTo.clear()
    this.#leftIn = null
  }

  async #projectIn(client: Client, records: readonly DecodedRecord[]): Promise<BatchReport> {
    const { partitionOf, publishes = true } = this.options
    const isRegistry = records[0]?.topic === 'registry'
    const strangers = records.some(({ fault }) => fault?.code === 'PARTITION_WRONG')
    // what it sets free may be of any partition
    const isAlone = isRegistry || strangers
    const lock = this.options.generation === 'live' ? ANY_LIVE : this.options.generation
    const [, , checkpoints] = await together(client, [
      () => client.query('begin'),
      () => client.query({ ...(isAlone ? EXCLUSIVELY : WITH_OTHERS), values: [lock] }),
      () => readCheckpoints(client, this.options.generation),
    ])
    const { generation } = checkpoints
    const reducer = reducerNamed(checkpoints, this.options.reducers)
    await this.#lookIn(client, checkpoints)
    await this.#takeOver(client, checkpoints, isAlone ? checkpoints.byPartition.keys() : records.map(partitionKey))
    const fresh = await continueFrom(client, checkpoints, records, partitionOf)
    if (fresh.records.length === 0) return NOTHING_NEW
    const loading = loadBatch(client, fresh, this.#registry, this.options, isRegistry)
    const queue = new StatementQueue(client)
    try {
      // Postgres writes these while what was loaded is worked on
      if (publishes) queue.copy(JOURNAL_TARGET, journalRows(fresh))
      const work = await loading
      if (isRegistry) await applyRegistryBatch(work, queue, fresh, this.#registry, reducer)
      else await applyBatch(work, fresh)
      const tracksFolded = await foldAndWrite(work, queue, this.#tracks, fresh, {
        publishes,
        reducer,
        onParked: this.options.onParked,
      })
      await advanceCheckpoints(queue, generation, fresh.advances)
      await queue.drain()
      const elsewhere = isAlone && work.desk.statements.touched().length > 0
      this.#leftIn = { generation, epoch: elsewhere ? await moveEpoch(client, checkpoints) : checkpoints.epoch }
      for (const advance of fresh.advances) this.#heldUpTo.set(partitionKey(advance), advance.to.nextOffset)
      return { recordCount: fresh.records.length, outcomes: countOutcomes(work, fresh), tracksFolded }
    } catch (error) {
      // what went wrong first is what went wrong: all that comes after it fails, too, and says less
      await queue.drain()
      throw error
    }
  }

  /** Names are looked up in the generation that this batch is for: it may have become live since the last one. */
  async #lookIn(client: Client, { schemaName }: Checkpoints): Promise<void> {
    if (this.#schemas.get(client) === schemaName) return
    await client.query(`set search_path to ${schemaName}, ledger; ${PLANNING}`)
    this.#schemas.set(client, schemaName)
  }

  /**
   * Brings what is held in memory in line with what other projectors have committed since our last batch.
   * @param reach  partitions whose tracks the batch may move: all of them where it may set free what waited
   */
  async #takeOver(client: Client, checkpoints: Checkpoints, reach: Iterable<string>): Promise<void> {
    const registryAt = checkpoints.byPartition.get('registry/0')?.nextOffset ?? 0
    const touched = await this.#registry.catchUp(client, registryAt, this.options.partitionOf)
    const { generation, epoch } = checkpoints
    if (this.#leftIn?.generation !== generation || this.#leftIn.epoch !== epoch) this.#tracks.clear()
    else forgetTouched(this.#tracks, this.#registry.registry, touched)
    const moved = new Set<string>()
    for (const key of reach) {
      const nextOffset = checkpoints.byPartition.get(key)?.nextOffset
      if (this.#heldUpTo.get(key) === nextOffset || nextOffset === undefined) continue
      moved.add(key)
      this.#heldUpTo.set(key, nextOffset)
    }
    if (moved.size > 0)
      this.#tracks.clearWhere(({ dossier }) =>
        moved.has(`statements/${this.options.partitionOf('statements', dossier)}`),
      )
  }
}

const EXCLUSIVELY = { name: 'lock-registry-exclusive', text: LOCK_REGISTRY_EXCLUSIVE }
const WITH_OTHERS = { name: 'lock-registry-shared', text: LOCK_REGISTRY_SHARED }

/**
 * Every statement of a batch looks things up by key, whatever its values: to plan it for these takes longer than it does, and
 * what is planned while a table is empty must not read the whole of it once it has grown.
 */
const PLANNING = [
  'plan_cache_mode to force_generic_plan',
  ...['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'].map((name) => `${name} to off`),
]
  .map((setting) => `set ${setting}`)
  .join('; ')

/** The lock that all batches of the live generation take, whichever it is. */
export const ANY_LIVE = 0

const NOTHING_NEW: BatchReport = { recordCount: 0, outcomes: new Map(), tracksFolded: 0 }

const journalRows = ({ records, recordedAt }: NewRecords): CopyRows => {
  const rows = new CopyRows()
  records.forEach((record, index) => addJournalRow(rows, record, recordedAt[index] ?? ''))
  return rows
}

/**
 * What the registry sets free, and a released record of a partition where it does not belong, is written to tracks that another
 * projector may hold in memory.
 */
const moveEpoch = async (client: Client, { generation, epoch }: Checkpoints): Promise<number> => {
  const { rows } = await client.query<{ epoch: number }>(MOVE_EPOCH, [generation])
  return rows[0]?.epoch ?? epoch
}

const countOutcomes = (work: BatchWork, { records }: NewRecords): Map<string, number> => {
  const counts = new Map<string, number>()
  let others = 0
  for (const { outcome } of work.applied.outcomes.values()) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    others++
  }
  return counts.set('applied', Math.max(0, records.length - others))
}
