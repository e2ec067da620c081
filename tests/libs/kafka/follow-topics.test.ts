import t, { test } from 'tap'
import { followTopics, type TopicFollower } from '#libs/kafka/follow-topics.js'
import { openPublisher } from '#libs/kafka/publisher.js'
import type { PartitionGap } from '#libs/kafka/records.js'
import { testKafka, until } from './kafka.js'

t.setTimeout(180_000) // a bound for a busy machine

test('a follower hands over a whole topic, and what comes later as it comes', async (t) => {
  const kafka = await testKafka(t)
  await using publisher = await openPublisher(kafka)
  const say = (value: string) => publisher.publish({ topicRole: 'registry', key: 'k', value })
  await Promise.all(['1', '2', '3'].map(say))
  const seen: string[] = []
  await using follower = await followTopics(kafka, {
    name: 'test',
    topics: [{ role: 'registry', from: 'beginning' }],
    onBatch: (batch) => void seen.push(...batch.records.map(({ value }) => String(value))),
  })
  t.ok(await follower.waitUntilCaughtUp(20_000))
  t.same(seen, ['1', '2', '3'])
  const { offset } = await say('4')
  t.ok(await follower.waitFor('registry', 0, offset, 10_000))
  t.same(seen, ['1', '2', '3', '4'])
  t.equal(follower.nextOffset('registry', 0), 4n)
  t.notOk(await follower.waitFor('registry', 0, 4n, 50), 'what is not there yet is not waited for longer than asked')
})

test('a follower of the tail begins so many records before the end', async (t) => {
  const kafka = await testKafka(t)
  await using publisher = await openPublisher(kafka)
  for (let n = 0; n < 30; n++) await publisher.publish({ topicRole: 'registry', key: 'k', value: String(n) })
  const seen: string[] = []
  await using follower = await followTopics(kafka, {
    name: 'test',
    topics: [{ role: 'registry', from: { tailRecords: 10 } }],
    onBatch: (batch) => void seen.push(...batch.records.map(({ value }) => String(value))),
  })
  t.ok(await follower.waitUntilCaughtUp(20_000))
  t.same(
    seen,
    Array.from({ length: 10 }, (_, n) => String(20 + n)),
  )
})

test('closing a follower leaves no group behind', async (t) => {
  const kafka = await testKafka(t)
  const follower = await followTopics(kafka, {
    name: 'passing',
    topics: [{ role: 'registry', from: 'beginning' }],
    onBatch: () => undefined,
  })
  const groups = async () =>
    (await kafka.admin.listGroups()).groups.filter(({ groupId }) => groupId.startsWith(kafka.config.topicPrefix))
  await until(() => follower.following())
  t.equal((await groups()).length, 1)
  await follower.close()
  t.same(await groups(), [])
})

test('a topic whose beginning was taken away is reported, not read past', async (t) => {
  const kafka = await testKafka(t)
  await using publisher = await openPublisher(kafka)
  for (let n = 0; n < 5; n++) await publisher.publish({ topicRole: 'registry', key: 'k', value: String(n) })
  await kafka.admin.deleteTopicRecords({
    topic: kafka.topicName('registry'),
    partitions: [{ partition: 0, offset: '3' }],
  })
  const gaps: PartitionGap[] = []
  const seen: string[] = []
  await using follower: TopicFollower = await followTopics(kafka, {
    name: 'test',
    topics: [{ role: 'registry', from: 'beginning' }],
    onBatch: (batch) => void seen.push(...batch.records.map(({ value }) => String(value))),
    onGap: (gap) => void gaps.push(gap),
  })
  await until(() => gaps.length > 0)
  t.same(gaps, [{ topicRole: 'registry', partition: 0, expected: 0n, found: 3n }])
  t.same(seen, [])
  t.notOk(follower.following())
})
