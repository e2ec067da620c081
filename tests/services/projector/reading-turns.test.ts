import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { BatchQueue, type QueuedRecords } from '#services/projector/batch/batch-queue.js'
import { ReadingTurns } from '#services/projector/batch/reading-turns.js'
import { decodeRecord, type DecodedRecord } from '#services/projector/records/decode-record.js'
import { Log, partitionOf } from './records.js'

const BOUNDS = { bytesMax: 1_000, recordsMax: 4, waitMs: 0 }

const recordsOf = (partition: number, count: number): DecodedRecord[] => {
  const log = new Log()
  for (let number = 0; number < count; number++) log.put('statements', partition, `key-${number}`, '{}')
  return log.records.map((record) => decodeRecord(record, partitionOf))
}

/** Partitions that each bring two records, and what became of them. */
const partitionsAt = (queue: BatchQueue) => {
  const turns = new ReadingTurns(queue)
  const read: number[] = []
  const projected: number[] = []
  const bring = (partition: number, bytes = 10): Promise<void> => {
    return turns.take(async () => {
      await setImmediate()
      read.push(partition)
      const queued: QueuedRecords = {
        records: recordsOf(partition, 2),
        bytes,
        done: () => projected.push(partition),
        failed: () => projected.push(-partition),
      }
      queue.add(queued)
    })
  }
  return { bring, read, projected }
}

const turnsPassed = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}

t.test('records are read in the order in which they come, no further ahead than a batch', async (t) => {
  const queue = new BatchQueue(BOUNDS)
  const { bring, read } = partitionsAt(queue)
  const all = Promise.all([1, 2, 3, 4, 5].map((partition) => bring(partition)))
  await turnsPassed()
  t.same(read, [1, 2], 'two partitions fill a batch')
  t.equal((await queue.take()).length, 2)
  await turnsPassed()
  t.same(read, [1, 2, 3, 4])
  await queue.take()
  await all
  t.same(read, [1, 2, 3, 4, 5])
})

t.test('many bytes fill a batch, too', async (t) => {
  const queue = new BatchQueue(BOUNDS)
  const { bring, read } = partitionsAt(queue)
  const all = Promise.all([bring(1, BOUNDS.bytesMax), bring(2)])
  await turnsPassed()
  t.same(read, [1])
  await queue.take()
  await all
  t.same(read, [1, 2])
})

t.test('what is taken back makes room, and so does closing', async (t) => {
  const queue = new BatchQueue(BOUNDS)
  const { bring, read, projected } = partitionsAt(queue)
  const full: QueuedRecords = {
    records: recordsOf(9, BOUNDS.recordsMax),
    bytes: 1,
    done: () => undefined,
    failed: () => undefined,
  }
  queue.add(full)
  const first = bring(1)
  await turnsPassed()
  t.same(read, [])
  queue.remove(full)
  await first
  t.same(read, [1])
  await bring(2)
  const waiting = bring(3)
  await turnsPassed()
  t.same(read, [1, 2])
  queue.close()
  await waiting
  t.same(projected, [-1, -2, -3], 'all fail, whether they were waiting or came after it')
})

t.test('a partition that cannot be read does not hold the others up', async (t) => {
  const queue = new BatchQueue(BOUNDS)
  const turns = new ReadingTurns(queue)
  await t.rejects(
    turns.take(() => Promise.reject(new Error('unreadable'))),
    { message: 'unreadable' },
  )
  t.equal(await turns.take(() => Promise.resolve('read')), 'read')
})
