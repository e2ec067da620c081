import type { DatabaseConfig } from '#libs/postgres/config.js'
import type { SourceTopicRole } from '#libs/contracts/topics.js'
import type { RecordPlace } from '../records/incoming-record.js'
import type { PackedRecords } from './packed-records.js'
import type { ReplaySource } from './replay-state.js'

/** What a worker is told once, at its start. Plain data. */
export interface WorkerSetup {
  readonly database: DatabaseConfig
  readonly generation: number
  readonly schemaName: string
  readonly source: ReplaySource
  readonly reducerModule: string | null
  readonly topicPrefix: string
  /** First offset of the registry that the bulk does not know. */
  readonly registryUntil: number
  readonly exceptional: readonly (readonly [eventId: string, owner: RecordPlace | null])[]
  readonly unreadable: readonly (readonly [placeKey: string, detail: string])[]
  /** How many statements a thread keeps as objects. */
  readonly warmStatementsMax: number
  readonly released: readonly (RecordPlace & { readonly decidedAt: string })[]
}

export interface PartToLoad {
  readonly topic: SourceTopicRole
  readonly partition: number
  readonly until: number
}

export type ToWorker =
  | { readonly kind: 'load'; readonly part: PartToLoad }
  /** Where the records come from Kafka: they follow piece by piece, the next once `taken` is answered. */
  | { readonly kind: 'records'; readonly records: PackedRecords }
  | { readonly kind: 'end' }
  /** Nothing more: close and leave. */
  | { readonly kind: 'close' }

export type FromWorker =
  | { readonly kind: 'ready' }
  /** So many records are done; one that is applied but not written is half done. */
  | { readonly kind: 'advanced'; readonly count: number }
  | { readonly kind: 'taken' }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed'
      readonly message: string
      readonly stack: string | undefined
      readonly expected: boolean
    }
