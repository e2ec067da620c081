import type { TopicRole } from '#libs/contracts/topics.js'
import type { KafkaConnection } from './connect-kafka.js'
import { followTopics } from './follow-topics.js'
import { partitionKey, type KafkaRecord } from './records.js'
import { offsetRanges } from './topics.js'

/** How far back to look, in offsets: first past the end of the last transaction, then past aborted ones, then all. */
const TAILS = [50, 5_000, Number.MAX_SAFE_INTEGER] as const

export interface LastRecord {
  readonly role: TopicRole
  readonly partition: number
  readonly record: KafkaRecord
}

/**
 * The last record of each partition that is committed. Partitions without any are left out.
 * @throws Error when the topics could not be read to their ends within `limitMs`
 */
export async function lastRecords(
  kafka: KafkaConnection,
  roles: readonly TopicRole[],
  options: { readonly name: string; readonly limitMs: number },
): Promise<LastRecord[]> {
  const ranges = await offsetRanges(kafka, roles)
  const found = new Map<string, LastRecord>()
  let seenBack = 0n
  for (const tailRecords of TAILS) {
    const hidden = [...ranges].filter(([key, { low, end }]) => !found.has(key) && end - seenBack > low)
    const missing = roles.filter((role) => hidden.some(([key]) => key.startsWith(`${role}/`)))
    if (missing.length === 0) break
    await using follower = await followTopics(kafka, {
      name: options.name,
      topics: missing.map((role) => ({ role, from: { tailRecords } })),
      onBatch: ({ topicRole: role, partition, records }) => {
        const record = records.at(-1)
        if (record) found.set(partitionKey(role, partition), { role, partition, record })
      },
    })
    if (!(await follower.waitUntilCaughtUp(options.limitMs)))
      throw new Error(`The ends of ${missing.join(' and ')} could not be read within ${options.limitMs} ms.`)
    seenBack = BigInt(tailRecords)
  }
  return [...found.values()]
}
