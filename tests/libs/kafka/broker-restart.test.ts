import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import t, { test, type Test } from 'tap'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import { consumePartitions } from '#libs/kafka/consume-partitions.js'
import { followTopics } from '#libs/kafka/follow-topics.js'
import { openPublisher, type Publisher } from '#libs/kafka/publisher.js'
import { endOffsets, ensureTopics } from '#libs/kafka/topics.js'
import { openStack, removeStack, type Stack } from '#libs/stack/open-stack.js'
import { until } from './kafka.js'

t.setTimeout(180_000) // a bound for a busy machine

/** A broker that this test alone may kill. */
async function ownKafka(t: Test): Promise<Stack> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledger-test-'))
  const stack = await openStack({ dir, databaseUrl: 'postgres://elsewhere/none', restartsMax: 0 })
  t.teardown(async () => {
    await stack[Symbol.asyncDispose]()
    await removeStack(dir)
  })
  return stack
}

/** What a caller does whose record was not confirmed: publishes it again. Tells how often it had to. */
async function publishUntilConfirmed(publisher: Publisher, value: string): Promise<number> {
  for (let failures = 0; ; failures++) {
    try {
      await publisher.publish({ topicRole: 'statements', key: `dossier-${value.length}-${Number(value) % 7}`, value })
      return failures
    } catch (error) {
      if (!((error as { code?: string }).code ?? '').startsWith('PUBLISH_')) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

test('a broker is killed while records are published: what was confirmed is there, and every reader goes on', async (t) => {
  const stack = await ownKafka(t)
  const kafka = await connectKafka({ brokers: stack.kafkaBrokers, topicPrefix: '', clientId: 'test', ssl: false })
  t.teardown(() => kafka.close())
  await ensureTopics(kafka, ['statements'])
  await using publisher = await openPublisher(kafka, { publishMsMax: 2_000 })
  const followed: string[] = []
  await using follower = await followTopics(kafka, {
    name: 'test',
    topics: [{ role: 'statements', from: 'beginning' }],
    onBatch: (batch) => void followed.push(...batch.records.map(({ value }) => String(value))),
  })
  const consumed: string[] = []
  const checkpoints = new Map<number, bigint>()
  const gaps: unknown[] = []
  await using consumer = await consumePartitions(kafka, {
    groupId: 'test',
    topics: ['statements'],
    checkpointsOf: () => Promise.resolve(checkpoints),
    onBatch: (batch) => {
      consumed.push(...batch.records.map(({ value }) => String(value)))
      checkpoints.set(batch.partition, batch.nextOffset)
      return Promise.resolve()
    },
    onGap: (gap) => void gaps.push(gap),
  })
  await until(() => follower.following() && consumer.flowing())

  let failures = 0
  const values = Array.from({ length: 2_000 }, (_, n) => String(n))
  const publishing = Promise.all(
    values.map(async (value, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 3))
      failures += await publishUntilConfirmed(publisher, value)
    }),
  )
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await stack.kafka.kill('SIGKILL')
  await until(() => failures > 0 || publisher.waiting().records > 0)
  await stack.kafka.restart()
  await publishing

  // a record whose confirmation got lost may be there twice; each reader must see each of them once
  const ends = await endOffsets(kafka, ['statements'])
  const written = Number([...ends.values()].reduce((sum, end) => sum + end))
  await until(() => followed.length >= written && consumed.length >= written, 60_000)
  t.same([followed.length, consumed.length], [written, written])
  t.same([new Set(followed).size, new Set(consumed).size], [values.length, values.length])
  t.same(gaps, [])
  t.ok(publisher.healthy())
})
