import { randomUUID } from 'node:crypto'
import type { TopicRole } from '#libs/contracts/topics.js'
import { openCheckedConsumer, type CheckedConsumer } from './checked-consumer.js'
import type { KafkaConnection } from './connect-kafka.js'
import { partitionKey, type PartitionBatch, type PartitionGap } from './records.js'
import { endOffsets, offsetRanges } from './topics.js'

export interface FollowedTopic {
  readonly role: TopicRole
  /** The whole topic, or the last so many records of each partition. */
  readonly from: 'beginning' | { readonly tailRecords: number }
}

export interface FollowOptions {
  /** Who follows, for the group's name. */
  readonly name: string
  readonly topics: readonly FollowedTopic[]
  /** Takes records in the order of each partition. The next ones come when it is done. Must not throw. */
  onBatch(batch: PartitionBatch): void | Promise<void>
  /** A partition was truncated or made anew. It is not followed any further. */
  onGap?(gap: PartitionGap): void
  /** Pause between fetches. Default 0. */
  readonly restMs?: number
}

export interface TopicFollower extends AsyncDisposable {
  /** The offset after the last one handed over. */
  nextOffset(role: TopicRole, partition: number): bigint
  /** Waits until the record at `offset` was handed over. @returns false if that took longer than `limitMs` */
  waitFor(role: TopicRole, partition: number, offset: bigint, limitMs: number): Promise<boolean>
  /** Waits until everything was handed over that is on the topics now. @returns false if that took longer than `limitMs` */
  waitUntilCaughtUp(limitMs: number): Promise<boolean>
  /** Whether every partition is being followed at the moment. */
  following(): boolean
  close(): Promise<void>
}

/**
 * Follows whole topics, or their tails, for as long as the process lives, through restarts of the broker. It reads as a
 * group of its own (kafkajs can read in no other way), commits nothing, and takes the group away when it is closed.
 */
export async function followTopics(kafka: KafkaConnection, options: FollowOptions): Promise<TopicFollower> {
  const follower = new Follower(kafka, options)
  await follower.start()
  return follower
}

const SESSION_MS = 10_000

interface Waiter {
  readonly offset: bigint
  readonly resolve: (covered: boolean) => void
}

class Follower implements TopicFollower {
  readonly #kafka: KafkaConnection
  readonly #options: FollowOptions
  #groupIds: string[] = []
  readonly #next = new Map<string, bigint>()
  readonly #waiters = new Map<string, Set<Waiter>>()
  #consumer: CheckedConsumer | undefined
  #handing: Promise<void> = Promise.resolve()

  constructor(kafka: KafkaConnection, options: FollowOptions) {
    this.#kafka = kafka
    this.#options = options
  }

  async start(): Promise<void> {
    const roles = this.#options.topics.map(({ role }) => role)
    const ranges = await offsetRanges(this.#kafka, roles)
    for (const { role, from } of this.#options.topics)
      for (const [key, { low, end }] of ranges)
        if (key.startsWith(`${role}/`)) this.#next.set(key, startOf(from, low, end))
    this.#consumer = await openCheckedConsumer(this.#kafka, {
      groupId: () => this.#newGroupId(),
      roles,
      sessionMs: SESSION_MS,
      restMs: this.#options.restMs,
      startOffsets: (role, partitions) =>
        Promise.resolve(new Map(partitions.map((partition) => [partition, this.nextOffset(role, partition)]))),
      take: (batch) => this.#hand(batch),
      release: () => this.#handing,
      onGap: (gap) => {
        this.#kafka.log.error({ ...gap }, 'A topic does not continue where it was left: it was truncated or made anew.')
        this.#options.onGap?.(gap)
      },
      onFailure: (error) =>
        this.#kafka.log.warn({ err: error }, 'Following topics was interrupted and is tried again.'),
    })
  }

  nextOffset(role: TopicRole, partition: number): bigint {
    return this.#next.get(partitionKey(role, partition)) ?? 0n
  }

  waitFor(role: TopicRole, partition: number, offset: bigint, limitMs: number): Promise<boolean> {
    if (this.nextOffset(role, partition) > offset) return Promise.resolve(true)
    const key = partitionKey(role, partition)
    const waiters = this.#waiters.get(key) ?? new Set()
    this.#waiters.set(key, waiters)
    return new Promise((resolve) => {
      const waiter: Waiter = {
        offset,
        resolve: (covered) => {
          clearTimeout(timer)
          waiters.delete(waiter)
          resolve(covered)
        },
      }
      const timer = setTimeout(() => waiter.resolve(false), limitMs)
      waiters.add(waiter)
    })
  }

  async waitUntilCaughtUp(limitMs: number): Promise<boolean> {
    const until = Date.now() + limitMs
    const ends = await endOffsets(
      this.#kafka,
      this.#options.topics.map(({ role }) => role),
    )
    const covered = await Promise.all(
      [...ends].map(([key, end]) => {
        const [role = '', partition = ''] = key.split('/')
        return this.waitFor(role as TopicRole, Number(partition), end - 1n, Math.max(0, until - Date.now()))
      }),
    )
    return covered.every(Boolean)
  }

  following(): boolean {
    return this.#consumer?.flowing() ?? false
  }

  async close(): Promise<void> {
    await this.#consumer?.close()
    for (const waiters of this.#waiters.values()) for (const waiter of [...waiters]) waiter.resolve(false)
    await this.#kafka.admin.deleteGroups(this.#groupIds).catch(() => undefined)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Another one at every start: in a group of its own nobody waits for the member that was. */
  #newGroupId(): string {
    const id = `${this.#kafka.config.topicPrefix}ledger.follower.${this.#options.name}.${randomUUID()}`
    this.#groupIds = [id, ...this.#groupIds].slice(0, 10)
    return id
  }

  #hand(batch: PartitionBatch): Promise<void> {
    this.#handing = this.#handing
      .then(() => this.#options.onBatch(batch))
      .then(() => this.#advance(batch.topicRole, batch.partition, batch.nextOffset))
    return this.#handing
  }

  #advance(role: TopicRole, partition: number, next: bigint): void {
    const key = partitionKey(role, partition)
    this.#next.set(key, next)
    for (const waiter of [...(this.#waiters.get(key) ?? [])]) if (waiter.offset < next) waiter.resolve(true)
  }
}

function startOf(from: FollowedTopic['from'], low: bigint, end: bigint): bigint {
  // a topic that is kept for ever begins at 0; if it does not, the gap shows when reading begins
  if (from === 'beginning') return 0n
  const start = end - BigInt(from.tailRecords)
  return start > low ? start : low
}
