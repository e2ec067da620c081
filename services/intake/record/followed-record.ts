import { isUtf8 } from 'node:buffer'
import { decodeEvent } from '#libs/contracts/cloud-event.js'
import { isRegistryEvent, topicOfType, type LedgerEvent } from '#libs/contracts/events.js'
import { RECORD_BYTES_MAX, TOPICS, type TopicRole } from '#libs/contracts/topics.js'
import type { IssuedKey } from '#libs/http/api-keys.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { followTopics, type TopicFollower } from '#libs/kafka/follow-topics.js'
import { partitionOf } from '#libs/kafka/partition-of.js'
import type { KafkaRecord, PartitionBatch, PartitionGap, RecordPlace } from '#libs/kafka/records.js'
import { evolveRegistry } from '#libs/ledger/registry-evolve.js'
import { emptyRegistry, type Registry } from '#libs/ledger/registry.js'
import { RecentEvents } from './recent-events.js'

/** Of each partition; a dossier has one, so a busy one shall not be forgotten at once. */
const TAIL_RECORDS = 3_000

/** Most of what it reads it wrote itself and knows; the registry, which writes wait for, changes seldom. */
const REST_MS = 20

/** What intake knows of the record: the registry, whole, and the last events of the other topics. */
export interface FollowedRecord extends AsyncDisposable {
  readonly registry: Registry
  readonly recent: RecentEvents
  findKey(hash: string): IssuedKey | undefined
  /** The last registry record that `registry` has seen; null while there is none. */
  registryPlace(): (RecordPlace & { topicRole: 'registry' }) | null
  /** Waits until `registry` has seen a record. @returns false if that took longer than `limitMs` */
  waitFor(place: RecordPlace, limitMs: number): Promise<boolean>
  /** Waits until everything that is on the topics now was seen. @returns false if that took longer than `limitMs` */
  waitUntilCaughtUp(limitMs: number): Promise<boolean>
  following(): boolean
  /** A topic that was truncated or made anew; nothing may be checked against what was read of it. */
  gap(): PartitionGap | undefined
  close(): Promise<void>
}

export async function followRecord(kafka: KafkaConnection): Promise<FollowedRecord> {
  const registry = emptyRegistry()
  const recent = new RecentEvents()
  const keys = new Map<string, string>()
  let gap: PartitionGap | undefined
  const follower: TopicFollower = await followTopics(kafka, {
    name: 'intake',
    restMs: REST_MS,
    topics: [
      { role: 'registry', from: 'beginning' },
      { role: 'reports', from: { tailRecords: TAIL_RECORDS } },
      { role: 'statements', from: { tailRecords: TAIL_RECORDS } },
    ],
    onBatch: (batch) => readBatch(batch, { registry, recent, keys }),
    onGap: (found) => (gap = found),
  })
  const close = () => follower.close()
  return {
    registry,
    recent,
    findKey: (hash) => {
      const id = keys.get(hash)
      return id === undefined ? undefined : registry.keys.get(id)
    },
    registryPlace: () => {
      const next = follower.nextOffset('registry', 0)
      return next === 0n ? null : { topicRole: 'registry', partition: 0, offset: next - 1n }
    },
    waitFor: ({ topicRole, partition, offset }, limitMs) => follower.waitFor(topicRole, partition, offset, limitMs),
    waitUntilCaughtUp: (limitMs) => follower.waitUntilCaughtUp(limitMs),
    following: () => follower.following(),
    gap: () => gap,
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Known {
  readonly registry: Registry
  readonly recent: RecentEvents
  readonly keys: Map<string, string>
}

function readBatch({ topicRole, partition, records }: PartitionBatch, known: Known): void {
  for (const record of records) {
    const place: RecordPlace = { topicRole, partition, offset: record.offset }
    if (topicRole !== 'registry' && known.recent.isOwn(place)) continue
    const event = eventOf(record, topicRole, partition)
    if (!event) continue
    if (isRegistryEvent(event.event)) {
      const { event: change, payloadHash } = { ...event, event: event.event }
      evolveRegistry(known.registry, change, new Date(record.recordedAt).toISOString(), payloadHash)
      if (change.type === 'ledger.key.issued.v1' && known.registry.keys.get(change.subject)?.hash === change.data.hash)
        known.keys.set(change.data.hash, change.subject)
    } else known.recent.seen(event.event, place)
  }
}

/** A record as the projector would take it: what it would quarantine has no effect here either. */
function eventOf(
  { value, key }: KafkaRecord,
  role: TopicRole,
  partition: number,
): { event: LedgerEvent; payloadHash: string } | undefined {
  if (value === null || value.length > RECORD_BYTES_MAX || !isUtf8(value)) return undefined
  const decoded = decodeEvent(value.toString('utf8'))
  if (!decoded.ok || topicOfType(decoded.event.type) !== role) return undefined
  const { partitionkey } = decoded.event
  const inPlace = partitionOf(partitionkey, TOPICS[role].partitions) === partition && key?.toString() === partitionkey
  return inPlace ? decoded : undefined
}
