import { randomUUID } from 'node:crypto'
import kafkajs, { type Batch, type EachBatchHandler } from 'kafkajs'
import { TOPICS } from '#libs/contracts/topics.js'
import { nameOf } from '#libs/kafka/connect-kafka.js'
import type { BenchContext, Progress } from './subject.js'

/** What one fetch may bring, and of one partition: large enough that requests do not count. */
const FETCH_BYTES_MAX = 16 * 1024 * 1024
const FETCH_BYTES_OF_PARTITION_MAX = 2 * 1024 * 1024

export const benchClient = ({ brokers }: Pick<BenchContext, 'brokers'>): kafkajs.Kafka =>
  new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: kafkajs.logLevel.ERROR })

export const statementsTopic = (context: BenchContext): string => nameOf(context, 'statements')
export const PARTITIONS = TOPICS.statements.partitions

/**
 * Reads the statements topic from its beginning with plain kafkajs, until `context.events` records were taken.
 * @param take is given each batch in turn; the next one waits for it
 * @returns when each batch had been taken, from the arrival of the first
 */
export async function readTopic(
  context: BenchContext,
  take: (batch: Batch) => void | Promise<void>,
): Promise<Progress[]> {
  const progress: Progress[] = []
  let events = 0
  await consumeUntil(context, async (batch) => {
    if (progress.length === 0) progress.push({ atMs: performance.now(), events })
    await take(batch)
    events += batch.messages.length
    progress.push({ atMs: performance.now(), events })
    return events >= context.events
  })
  return progress
}

/** Consumes in a group of its own until `take` says that it was the last batch. */
async function consumeUntil(context: BenchContext, take: (batch: Batch) => Promise<boolean>): Promise<void> {
  const consumer = benchClient(context).consumer({
    groupId: `bench-${randomUUID()}`,
    maxBytes: FETCH_BYTES_MAX,
    maxBytesPerPartition: FETCH_BYTES_OF_PARTITION_MAX,
  })
  await consumer.connect()
  try {
    await consumer.subscribe({ topic: statementsTopic(context), fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      const eachBatch: EachBatchHandler = async (payload) => {
        try {
          if (await take(payload.batch)) resolve()
          await payload.heartbeat()
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      consumer.run({ autoCommit: false, eachBatch }).catch(reject)
    })
  } finally {
    await consumer.disconnect()
  }
}
