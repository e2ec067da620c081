import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { TopicRole } from '#libs/contracts/topics.js'
import { connectKafka, type KafkaConnection } from '#libs/kafka/connect-kafka.js'
import { ensureTopics } from '#libs/kafka/topics.js'
import { testStack } from '#tests/stack.js'

/** A connection to a real Kafka with topics of the test's own, closed when it ends. */
export async function testKafka(t: Test, roles: readonly TopicRole[] = ['registry']): Promise<KafkaConnection> {
  const { brokers, topicPrefix } = await testStack(t)
  const kafka = await connectKafka({ brokers, topicPrefix, clientId: `test-${randomUUID()}`, ssl: false })
  t.teardown(() => kafka.close())
  if (roles.length > 0) await ensureTopics(kafka, roles)
  return kafka
}

/** Waits until something holds, within a bound that only a failure meets. */
export async function until(holds: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`did not come to hold within ${limitMs} ms: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
