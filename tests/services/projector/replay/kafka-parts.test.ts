import t, { type Test } from 'tap'
import { connectKafka } from '#libs/kafka/connect-kafka.js'
import type { KafkaConfig } from '#libs/kafka/config.js'
import { openPublisher } from '#libs/kafka/publisher.js'
import { ensureTopics } from '#libs/kafka/topics.js'
import type { IncomingRecord } from '#services/projector/records/incoming-record.js'
import { readPartsFromKafka } from '#services/projector/replay/kafka-parts.js'
import type { PartToLoad } from '#services/projector/replay/worker-messages.js'
import type { LoadingWorker } from '#services/projector/replay/worker-pool.js'
import { until } from '#tests/libs/kafka/kafka.js'
import { testStack } from '#tests/stack.js'

const RECORDS = 240
/** One partition comes in several fetches, which take 1 MiB each of it: those after the first are yet to come. */
const LARGE = { records: 60, bytes: 50_000 }

/** A topic of statements with some records in every partition. @returns how far each is to be read */
const filledTopic = async (t: Test): Promise<{ config: KafkaConfig; parts: PartToLoad[] }> => {
  const { brokers, topicPrefix } = await testStack(t)
  const config = { brokers, topicPrefix, clientId: 'tests', ssl: false }
  await using kafka = await connectKafka(config)
  await ensureTopics(kafka, ['statements'])
  await using publisher = await openPublisher(kafka)
  const published = await Promise.all(
    Array.from({ length: RECORDS }, (_, n) =>
      publisher.publish({ topicRole: 'statements', key: `dossier-${n % 60}`, value: `record ${n}` }),
    ),
  )
  for (let n = 0; n < LARGE.records; n++)
    published.unshift(
      await publisher.publish({ topicRole: 'statements', key: 'dossier-0', value: 'x'.repeat(LARGE.bytes) }),
    )
  const ends = new Map<number, number>()
  for (const { partition, offset } of published)
    ends.set(partition, Math.max(ends.get(partition) ?? 0, Number(offset) + 1))
  return { config, parts: [...ends].map(([partition, end]) => ({ topic: 'statements', partition, until: end })) }
}

/** In the place of a thread: it keeps what it is given, and has room for more once `room` says so. */
class KeepingWorker implements LoadingWorker {
  readonly kept = new Map<number, number[]>()
  #ended: () => void = () => undefined

  constructor(readonly room: () => Promise<void>) {}

  load({ partition }: PartToLoad): Promise<void> {
    this.kept.set(partition, [])
    return new Promise((resolve) => (this.#ended = resolve))
  }
  async give(records: readonly IncomingRecord[]): Promise<void> {
    for (const { partition, offset } of records) this.kept.get(partition)?.push(offset)
    await this.room()
  }
  endRecords(): void {
    this.#ended()
  }
}

/** Another member joins the group and leaves it again: as when a machine is so busy that the group gives a member up. */
const shareOutAnew = async (config: KafkaConfig): Promise<void> => {
  const { topicPrefix } = config
  await using kafka = await connectKafka({ ...config, clientId: 'another member' })
  const admin = kafka.client.admin()
  await admin.connect()
  const { groups } = await admin.listGroups()
  await admin.disconnect()
  const group = groups.find(({ groupId }) => groupId.startsWith(`${topicPrefix}ledger.replay.`))
  if (group === undefined) throw new Error('the replay has a group')
  const member = kafka.client.consumer({ groupId: group.groupId, sessionTimeout: 6_000 })
  let joined = false
  member.on(member.events.GROUP_JOIN, () => (joined = true))
  await member.connect()
  await member.subscribe({ topics: [`${topicPrefix}ledger.statements.v1`] })
  await member.run({ autoCommit: false, eachMessage: () => Promise.resolve() })
  await until(() => joined)
  await member.disconnect()
}

t.test('partitions that wait for their turn do not hold up one that the group has given again', async (t) => {
  const { config, parts } = await filledTopic(t)
  let disturbed: Promise<void> | undefined
  const worker = new KeepingWorker(() => (disturbed ??= shareOutAnew(config)))
  await readPartsFromKafka(config, parts, [worker], new AbortController().signal)
  const expected = parts.map(({ partition, until }) => [partition, Array.from({ length: until }, (_, n) => n)])
  t.same([...worker.kept].sort(byPartition), expected.sort(byPartition as never), 'each record once, in its order')
})

t.test('what was stopped before the group was joined ends', async (t) => {
  const { config, parts } = await filledTopic(t)
  const worker = new KeepingWorker(() => Promise.resolve())
  worker.load = () => new Promise(() => undefined)
  await t.rejects(readPartsFromKafka(config, parts, [worker], AbortSignal.abort(new Error('Ctrl-C'))), /Ctrl-C/)
})

t.test('a topic that is shorter than what was read of it is named', async (t) => {
  const { config, parts } = await filledTopic(t)
  const longer = parts.map((part, index) => (index === 0 ? { ...part, until: part.until + 1 } : part))
  const worker = new KeepingWorker(() => Promise.resolve())
  await t.rejects(readPartsFromKafka(config, longer, [worker], new AbortController().signal), {
    name: 'ReplayError',
    message: /ends at offset \d+, and the ledger has read it to \d+/,
  })
})

const byPartition = (a: [number, number[]], b: [number, number[]]): number => a[0] - b[0]
