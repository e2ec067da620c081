import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { CONTENT_TYPE } from '#libs/contracts/cloud-event.js'
import { derivedEvent } from '#libs/contracts/derived-events.js'
import { openTransactionalProducer } from '#libs/kafka/transactional-producer.js'
import type { KafkaConnection } from '#libs/kafka/connect-kafka.js'

const TICK_MS = 20

/** When Kafka was handed a change, and when it had confirmed its transaction. */
export interface Published {
  readonly handedAtMs: number
  readonly confirmedAtMs: number
}

/**
 * Publishes changes as the relay does, in transactions, at a rate that does not depend on how fast they are read.
 * @returns by number
 */
export async function publishChanges(
  kafka: KafkaConnection,
  rate: number,
  signal: AbortSignal,
): Promise<Map<number, Published>> {
  await using producer = await openTransactionalProducer(kafka, {
    transactionalId: `bench-${randomUUID()}`,
    roles: ['changes'],
  })
  const startMs = performance.now()
  const published = new Map<number, Published>()
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - startMs) / 1_000) * rate) - published.size
    if (due > 0) {
      const first = published.size + 1
      const handedAtMs = now()
      await producer.publish(Array.from({ length: due }, (_, index) => recordOf(first + index)))
      const confirmedAtMs = now()
      for (let number = first; number < first + due; number++) published.set(number, { handedAtMs, confirmedAtMs })
    }
    await setTimeout(TICK_MS)
  }
  return published
}

const now = (): number => performance.timeOrigin + performance.now()

const recordOf = (number: number) => {
  const change = {
    id: randomUUID(),
    actor: `actor-${number % 200}`,
    dossier: `dossier-${number % 50}`,
    matter: `matter-${number % 500}`,
    facet: 'FACT' as const,
    kind: 'REVERSAL' as const,
    from: 'DENY' as const,
    to: 'ADMIT_PARTIAL' as const,
    order: 'certain' as const,
    statement: `statement-${number}`,
    validFrom: '2022-11-05',
    entailedFrom: null,
    reversesEarlier: true,
    revision: 1,
    revoked: false,
  }
  const event = derivedEvent({ announcement: 'asserted', change }, { number, time: new Date().toISOString() })
  return {
    topicRole: 'changes' as const,
    key: change.dossier,
    value: JSON.stringify(event),
    headers: { 'content-type': CONTENT_TYPE },
  }
}
