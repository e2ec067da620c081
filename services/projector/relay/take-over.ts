import { TOPICS } from '#libs/contracts/topics.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { lastRecords, type LastRecord } from '#libs/kafka/last-records.js'
import { partitionOf } from '#libs/kafka/partition-of.js'
import { partitionKey } from '#libs/kafka/records.js'
import type { TransactionRecord } from '#libs/kafka/transactional-producer.js'
import { inTransaction, type Client } from '#libs/postgres/database.js'
import { MARK_AS_TOPICS_HAVE, MOVE_BEHIND_TOPICS } from './outbox.sql.js'
import { NUMBER_HEADER, SEQUENCE_HEADER, TRANSACTION_HEADER } from './records.js'

/** What a new leader found. */
export interface TakenOver {
  /** Rows that were on the topics and not marked: the last leader was stopped in between. */
  readonly found: number
  /** Rows that were marked and are not on the topics: they are published again. */
  readonly lost: number
  /** Whether the topics were ahead of this database, so that it was restored from a backup. */
  readonly restored: boolean
}

/** How far the topics have been published. */
export interface TopicEnds {
  /** The last sequences; 0 for none. */
  readonly positions: number
  readonly changes: number
  /** The first sequence of the last transaction. */
  readonly transaction: number
  readonly number: number
  /** The last sequence of each partition, by `partitionKey`. */
  readonly byPartition: ReadonlyMap<string, number>
}

/** Reads how far the topics have been published. Only for the leader, once it has fenced the last one. */
export const readTopicEnds = async (kafka: KafkaConnection): Promise<TopicEnds> => {
  const last = await lastRecords(kafka, ['positions', 'changes'], { name: 'relay', limitMs: READ_MS_MAX })
  const sequenceOf = (one: LastRecord) => headerOf(one, SEQUENCE_HEADER)
  const changes = last.filter(({ role }) => role === 'changes')
  return {
    positions: Math.max(0, ...last.filter(({ role }) => role === 'positions').map(sequenceOf)),
    changes: Math.max(0, ...changes.map(sequenceOf)),
    transaction: Math.max(0, ...last.map((one) => headerOf(one, TRANSACTION_HEADER))),
    number: Math.max(0, ...changes.map((one) => headerOf(one, NUMBER_HEADER))),
    byPartition: new Map(last.map((one) => [partitionKey(one.role, one.partition), sequenceOf(one)])),
  }
}

/** Brings the outbox in line with the topics. */
export const takeOver = (client: Client, ends: TopicEnds): Promise<TakenOver> =>
  inTransaction(client, async () => {
    const { positions, changes, transaction, number } = ends
    // after a topic was made anew, all that was kept for it is marked
    await client.query('set local statement_timeout = 0')
    const moved = await client.query(MOVE_BEHIND_TOPICS, [Math.max(positions, changes), number])
    const values = [positions, changes, transaction]
    const marked = await client.query<{ found: number; lost: number }>(MARK_AS_TOPICS_HAVE, values)
    return { found: 0, lost: 0, ...marked.rows[0], restored: moved.rows.length > 0 }
  })

/** Whether the topics have a record of a row already: of the last transaction, partitions may lack their part. */
export const isOnTopics = (ends: TopicEnds, { topicRole, key }: TransactionRecord, sequence: number): boolean => {
  if (sequence > ends.positions && sequence > ends.changes) return false
  const partition = partitionOf(key, TOPICS[topicRole].partitions)
  return sequence <= (ends.byPartition.get(partitionKey(topicRole, partition)) ?? 0)
}

const READ_MS_MAX = 30_000

/** 0 where there is none: all of them begin at 1. Records of others, which have no header of ours, do not count. */
const headerOf = ({ record }: LastRecord, header: string): number => {
  const value = record.headers?.[header]
  const number = Buffer.isBuffer(value) || typeof value === 'string' ? Number(value.toString()) : 0
  return Number.isSafeInteger(number) ? number : 0
}
